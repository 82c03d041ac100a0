package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.builtin.ReferencePlugins;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

@KernelTest
class RehearsalTest {
    @TempDir Path parent;

    @Test
    void rehearsal_leavesNothing(TestNamespaces namespaces) throws Exception {
        Path directory = parent.resolve("rehearsal");
        // As one that was killed left it.
        Files.createDirectories(directory.resolve("rehearsal/attach"));
        Files.writeString(directory.resolve("rehearsal/attach/lock"), "");
        Netns home = namespaces.create();
        String before = TestNamespaces.run(home, "ip", "-o", "addr");
        home.run(() -> {
            try (OwnProcess own = OwnProcess.look();
                    ReferencePlugins plugins = ReferencePlugins.open(home)) {
                Rehearsal.run(PluginRegistry.of(plugins.factories()), own, directory);
            }
        });
        assertThat(directory).doesNotExist();
        assertThat(TestNamespaces.run(home, "ip", "-o", "addr")).isEqualTo(before);
    }
}
