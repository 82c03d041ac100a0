package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A call of ours that reserves for longer than the boot waits for the journal's disk. */
@KernelTest
class RememberedCallTest {
    @TempDir Path directory;

    private final List<String> refusals = new ArrayList<>();

    /**
     * Reserves for longer than a boot. Under an interrupt no file can be forced to the disk
     * (java.nio.channels.InterruptibleChannel), so that whoever tries to is heard of.
     */
    private final class Lasting implements Plugin {
        private final PluginHost host;

        private Lasting(PluginHost host) {
            this.host = host;
        }

        @Override
        public String name() {
            return "lasting";
        }

        @Override
        public CniResult add(PluginRequest request) throws CniException {
            Thread.currentThread().interrupt();
            try {
                host.rememberBeyondBoot();
            } catch (CniException e) {
                refusals.add(e.msg());
                throw e;
            } finally {
                var _ = Thread.interrupted();
            }
            return CniResult.EMPTY;
        }

        @Override
        public void del(PluginRequest request) throws CniException {
            Thread.currentThread().interrupt();
            try {
                host.rememberBeyondBoot();
            } finally {
                var _ = Thread.interrupted();
            }
        }

        @Override
        public void check(PluginRequest request) {}

        @Override
        public void gc(PluginRequest request) {}

        @Override
        public void status(PluginRequest request) {}
    }

    private void call(Netns home, String command) throws IOException, InterruptedException {
        OwnProcess own = new OwnProcess(home, home.id(), -1);
        PluginRun run = new PluginRun(PluginRegistry.of(Map.of("bridge", Lasting::new)));
        AttachRequest request = Requests.of(command, "c1", Requests.BRIDGE);
        try (NodeState state = NodeState.open(directory, directory.resolve("made"), own.netnsId());
                Requester requester = Requester.of(request, Descriptors.NONE, own)) {
            new Calls(run, state, Recovery.ofAgent(run, state, own))
                    .serve(
                            request,
                            requester,
                            (path, _, _) -> {
                                throw new AssertionError("called " + path);
                            },
                            _ -> {});
        }
    }

    @Test
    void add_failsWithoutTheDisk(TestNamespaces namespaces) throws Exception {
        Netns home = namespaces.create();
        assertThatThrownBy(() -> call(home, "ADD")).isInstanceOf(IOException.class);
        assertThat(refusals).singleElement().asString().startsWith("cannot write the journal");
    }

    @Test
    void del_doesNotWaitForIt(TestNamespaces namespaces) throws Exception {
        call(namespaces.create(), "DEL");
        assertThat(refusals).isEmpty();
    }
}
