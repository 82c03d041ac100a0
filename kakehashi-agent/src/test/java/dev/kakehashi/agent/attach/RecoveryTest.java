package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** What an agent does that was killed behind an answer is done by the next one. */
@KernelTest
class RecoveryTest {
    private static final String RESULT = "{\"cniVersion\": \"1.0.0\", \"interfaces\": []}";

    @TempDir Path directory;

    private NodeState open(OwnProcess own) throws IOException {
        return NodeState.open(directory, directory.resolve("made"), own.netnsId());
    }

    @Test
    void run_notesWhatWasAnsweredAndNotYetNoted(TestNamespaces namespaces) throws Exception {
        Netns home = namespaces.create();
        OwnProcess own = new OwnProcess(home, home.id(), -1);
        AttachRequest add = Requests.add("c1");
        Answer answer = new Answer(0, RESULT.getBytes(StandardCharsets.UTF_8), new byte[0]);
        try (NodeState state = open(own);
                JournalSlot slot = state.journal().begin(own.domain(), add)) {
            slot.finish(answer.encode(Protocol.VERSION));
        }
        PluginRun plugins = new PluginRun(PluginRegistry.of(Map.of()));
        try (NodeState state = open(own)) {
            Recovery recovery = Recovery.ofAgent(plugins, state, own);
            recovery.run("", Duration.ZERO);

            String owner = new Attachment("n", "c1", "eth0").owner();
            assertThat(state.records().find(owner)).isPresent();
            assertThat(recovery.answerOf(add.id())).usingRecursiveComparison().isEqualTo(answer);
            assertThat(state.journal().orphans()).isEmpty();
        }
    }
}
