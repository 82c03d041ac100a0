package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.builtin.ReferencePlugins;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** While who keeps the network changes MTUs, who puts right what others change leaves them. */
@KernelTest
class PodMtuOwnerTest {
    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    private static String mtu(Netns pod) throws Exception {
        return TestNamespaces.run(pod, "ip", "-o", "link", "show", "eth0")
                .replaceAll("(?s).* mtu (\\d+) .*", "$1");
    }

    private static void setMtu(Netns netns, String link, int mtu) throws Exception {
        TestNamespaces.run(netns, "ip", "link", "set", link, "mtu", Integer.toString(mtu));
    }

    private void awaitRecord() throws Exception {
        Path record = directory.resolve("run/made/net@pod@eth0");
        for (int i = 0; i < 1000 && !Files.exists(record); i++) {
            Thread.sleep(10);
        }
        assertThat(record).exists();
    }

    private static void awaitMtu(Netns pod, String mtu) throws Exception {
        for (int i = 0; i < 1000 && !mtu(pod).equals(mtu); i++) {
            Thread.sleep(10);
        }
        assertThat(mtu(pod)).isEqualTo(mtu);
    }

    @Test
    void podThatShrinksFirst_isNotSetBackToItsHostEnd(TestNamespaces namespaces) throws Exception {
        Netns pod = namespaces.create();
        Path name = Path.of("/run/netns/kakehashi-test-" + ProcessHandle.current().pid() + "-own");
        pod.pin(name);
        PodMtuTurn turn = new PodMtuTurn();
        try {
            bed.startAgent();
            bed.call(
                            "bridge",
                            "ADD",
                            "pod",
                            name.toString(),
                            bed.config("bridge", "\"bridge\": \"br0\", \"mtu\": 1400"))
                    .succeeded();
            awaitRecord(); // it is written behind the answer
            bed.agents().kill();
            String end = bed.hostLinks().replaceAll("(?s)^\\d+: ([^@]+)@.*", "$1");

            OwnProcess own = new OwnProcess(bed.host(), bed.host().id(), -1);
            try (ReferencePlugins plugins = ReferencePlugins.open(bed.host(), directory);
                    NodeState state =
                            NodeState.open(
                                    directory.resolve("state"),
                                    directory.resolve("run/made"),
                                    own.netnsId());
                    AttachmentKeeper _ =
                            AttachmentKeeper.start(
                                    PluginRegistry.of(plugins.factories()), state, own, turn)) {
                setMtu(pod, "eth0", 1350);
                awaitMtu(pod, "1400"); // it puts right what others change

                try (PodMtuTurn.Turn _ = turn.take()) {
                    setMtu(pod, "eth0", 1300);
                    Thread.sleep(600);
                    assertThat(mtu(pod)).isEqualTo("1300");
                    setMtu(bed.host(), end, 1300);
                }
                Thread.sleep(600);
                assertThat(mtu(pod)).isEqualTo("1300");
            }
        } finally {
            Netns.unpin(name);
        }
    }
}
