package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.netns.Netns;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A mount namespace with an empty {@code /run}, held by a process that does nothing else. */
final class OwnRun implements AutoCloseable {
    private final Process holder;

    private OwnRun(Process holder) {
        this.holder = holder;
    }

    static OwnRun make() throws IOException {
        Process holder =
                new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "sh",
                                "-c",
                                "mount -t tmpfs tmpfs /run && mkdir /run/netns && echo made"
                                        + " && exec sleep infinity")
                        .redirectErrorStream(true)
                        .start();
        BufferedReader output = holder.inputReader();
        String line = output.readLine();
        if (!"made".equals(line)) {
            holder.destroyForcibly();
            throw new IOException("cannot make a mount namespace: " + line);
        }
        return new OwnRun(holder);
    }

    /** The beginning of a command that runs in it. */
    List<String> entering() {
        return List.of("nsenter", "--mount=/proc/" + holder.pid() + "/ns/mnt", "--");
    }

    /** Its {@code /run}, seen from outside. */
    Path directory() {
        return Path.of("/proc/" + holder.pid() + "/root/run");
    }

    /** Gives a network namespace a name in it; returns the path. */
    String pin(Netns netns, String name) throws IOException {
        String path = "/run/netns/" + name;
        String own = "/proc/" + ProcessHandle.current().pid() + "/fd/" + netns.fd().number();
        run("sh", "-c", "touch " + path + " && mount --bind " + own + " " + path);
        return path;
    }

    /** Takes the name away, as who removes a container does. */
    void unpin(String path) throws IOException {
        run("sh", "-c", "umount --lazy " + path + " && rm " + path);
    }

    /**
     * Takes programs of the system away.
     *
     * @param programs of /usr/sbin, patterns of the shell
     */
    void hide(String... programs) throws IOException {
        run(
                "sh",
                "-c",
                "mkdir /run/sbin && cp -a /usr/sbin/. /run/sbin && cd /run/sbin && rm "
                        + String.join(" ", programs)
                        + " && mount --bind /run/sbin /usr/sbin");
    }

    private void run(String... command) throws IOException {
        List<String> words = new ArrayList<>(entering());
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly();
        holder.onExit().join();
    }
}
