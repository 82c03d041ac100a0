package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.SysResource;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How agents share the processors with others, as the kernel sees their threads. */
@KernelTest
class AgentPriorityTest {
    private static final String WAITED_FOR = "(attach-[0-9]+|link-reaper|VM Thread)";

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @Test
    void aResidentAgent_goesBeforeOthersWithEveryThread() throws Exception {
        int own = SysResource.nice(0);
        assertThat(nicesOf(bed.startAgent().pid())).containsExactly(-10);
        assertThat(SysResource.nice(0)).as("who started it").isEqualTo(own);
    }

    @Test
    void threadsThatPodsWaitFor_areRealtime_andNoOthers() throws Exception {
        long agent = bed.startAgent().pid();
        Netns container = bed.container();
        bed.add("c1", container).succeeded();
        bed.del("c1", container).succeeded();
        // Served by several threads, of which some begin only now.
        List<Process> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            calls.add(bed.begin("bridge", Map.of("CNI_COMMAND", "VERSION"), new byte[0]));
        }
        for (Process call : calls) {
            assertThat(call.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(realtimeOf(agent))
                .allSatisfy((name, priority) ->
                        assertThat(priority)
                                .as(name)
                                .isEqualTo(name.matches(WAITED_FOR) ? "1" : "0"))
                .containsKeys("attach-1", "attach-2", "VM Thread", "java");
    }

    @Test
    void niceZero_leavesItAsItWasStarted() throws Exception {
        long agent = bed.startAgent("--nice", "0").pid();
        assertThat(nicesOf(agent)).containsExactly(SysResource.nice(0));
        assertThat(realtimeOf(agent).values()).containsOnly("0");
    }

    @Test
    void anAgentOnDemand_isOneOfMany() throws Exception {
        bed.add("c1", bed.container()).succeeded();
        assertThat(nicesOf(bed.agents().running().getFirst().pid()))
                .containsExactly(SysResource.nice(0));
    }

    /** The real-time priorities by the threads' names: field 40 of proc_pid_stat(5). */
    private static Map<String, String> realtimeOf(long process) throws IOException {
        Map<String, String> priorities = new TreeMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process + "/task"))) {
            for (Path thread : threads.toList()) {
                String stat;
                try {
                    stat = Files.readString(thread.resolve("stat"));
                } catch (NoSuchFileException e) {
                    continue; // has ended
                }
                priorities.put(
                        stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
                        stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[37]);
            }
        }
        return priorities;
    }

    private static Set<Integer> nicesOf(long process) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process + "/task"))) {
            return threads.map(t -> SysResource.nice(Integer.parseInt(t.getFileName().toString())))
                    .collect(Collectors.toSet());
        }
    }
}
