package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Many links that go at once go by few requests, each of which costs a grace period of RCU however
 * many links it is for: counted among the agent's system calls.
 */
@KernelTest
class SharedRemovalTest {
    private static final int MANY = 20;

    /** One if the machine has time; the agent waits 100 ms at most for more to go. */
    private static final int FEW = 5;

    /**
     * The words of strace, which knows the protocol only of its own namespace's sockets. The end of
     * a batch of nftables has the same number, and no content.
     */
    private static final Pattern DELLINK =
            Pattern.compile("(?<!nlmsg_len=20, )nlmsg_type=(RTM_DELLINK|0x11\\b)");

    private static final Pattern BY_GROUP =
            Pattern.compile("IFLA_GROUP|\\\\x08\\\\x00\\\\x1b\\\\x00|\\\\10\\\\0\\\\33\\\\0");

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @Test
    void removalsAtOnce_shareRequests() throws Exception {
        CrashPoint.assumeTracer();
        Process agent = bed.startAgent();
        List<Netns> containers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            containers.add(bed.container());
            bed.add("c" + i, containers.getLast()).succeeded();
        }
        assertThat(bed.hostLinks().lines()).hasSize(MANY);
        Path calls = directory.resolve("calls");
        CrashPoint.Tracer tracer = CrashPoint.record(agent, calls);
        bed.call("bridge", "GC", "", "", AgentBed.withoutAttachments(bed.bridge())).succeeded();
        bed.assertNothingIsLeft(containers.toArray(Netns[]::new));
        assertThat(tracer.endedWithDeathOf(agent)).isFalse();

        List<String> removals = new ArrayList<>();
        for (String line : Files.readAllLines(calls)) {
            DELLINK.matcher(line).results().forEach(removal -> removals.add(line));
        }
        assertThat(removals)
                .hasSizeBetween(1, FEW)
                .allSatisfy(line -> assertThat(line).containsPattern(BY_GROUP));
    }
}
