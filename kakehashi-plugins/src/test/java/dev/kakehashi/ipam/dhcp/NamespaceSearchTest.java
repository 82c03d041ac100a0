package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Namespaces that have no path in this mount namespace. */
@KernelTest
class NamespaceSearchTest {

    @TempDir Path directory;

    @Test
    void namespaceWithAProcess_isFoundByIt(TestNamespaces namespaces) throws Exception {
        Netns container = namespaces.create();
        Home.Place place = new Home.Place("/run/netns/not-here", Optional.of(container.id()));
        assertThat(Home.find(place)).isEmpty();
        Process pod = container.<Process, IOException>call(() -> new ProcessBuilder("cat").start());
        try {
            Home home = Home.find(place).orElseThrow();
            assertThat(home).isInstanceOf(Home.Sought.class);
            try (Netns again = home.open()) {
                assertThat(again.id()).isEqualTo(container.id());
            }
        } finally {
            pod.destroyForcibly().waitFor();
        }
        assertThat(Home.find(place)).isEmpty();
    }

    @Test
    void nameInAnotherMountNamespace_isFoundThere(TestNamespaces namespaces) throws Exception {
        Netns container = namespaces.create();
        Path name = directory.resolve("pod");
        String here = "/proc/" + ProcessHandle.current().pid() + "/fd/" + container.fd().number();
        Process runtime =
                new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "sh",
                                "-c",
                                "mount -t tmpfs none %s && touch %s && mount --bind %s %s && echo && exec cat"
                                        .formatted(directory, name, here, name))
                        .redirectErrorStream(true)
                        .start();
        try {
            assertThat(runtime.getInputStream().read()).isEqualTo('\n');
            assertThat(name).doesNotExist();
            Home.Place place = new Home.Place(name.toString(), Optional.of(container.id()));
            Home home = Home.find(place).orElseThrow();
            try (Netns again = home.open()) {
                assertThat(again.id()).isEqualTo(container.id());
            }
            assertThat(Home.of(home.open(), name)).isInstanceOf(Home.Sought.class);
        } finally {
            runtime.destroyForcibly().waitFor();
        }
        Home held = Home.of(Netns.open(Path.of(here)), name);
        try (Netns again = held.open()) {
            assertThat(again.id()).as("as a last resort").isEqualTo(container.id());
        } finally {
            held.close();
        }
    }

    @Test
    void anotherNamespaceAtThePath_isNotTaken(TestNamespaces namespaces) throws Exception {
        Netns before = namespaces.create();
        Netns now = namespaces.create();
        Path path = Path.of("/proc/self/fd/" + now.fd().number());
        assertThat(Home.find(new Home.Place(path.toString(), Optional.of(before.id())))).isEmpty();
        assertThat(Home.find(new Home.Place(path.toString(), Optional.of(now.id()))))
                .containsInstanceOf(Home.ByPath.class);
    }
}
