package dev.kakehashi.testing;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;

import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Network namespaces of one test; they end with it. */
public final class TestNamespaces {
    private final List<Netns> all = new ArrayList<>();

    TestNamespaces() {}

    /** Those of a {@link KernelTest}, for an extension that makes something in them. */
    public static TestNamespaces of(ExtensionContext test) {
        return TestNamespacesResolver.of(test);
    }

    /** A fresh namespace with nothing but a loopback interface, which is down. */
    public Netns create() throws LinuxException {
        Netns netns = Netns.create();
        all.add(netns);
        return netns;
    }

    /**
     * Runs a program inside a namespace and returns what it printed.
     *
     * @throws AssertionError when it fails, with its output
     */
    public static String run(Netns netns, String... command) throws IOException {
        Process process =
                netns.<Process, IOException>call(
                        () -> new ProcessBuilder(command).redirectErrorStream(true).start());
        try {
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new AssertionError(
                        String.join(" ", command) + " ended with " + status + ": " + output);
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + String.join(" ", command), e);
        }
    }

    void close() {
        all.forEach(Netns::close);
    }
}
