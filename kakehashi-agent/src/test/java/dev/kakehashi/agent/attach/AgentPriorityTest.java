package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.SysResource;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How agents share the processors with others, as the kernel sees their threads. */
@KernelTest
class AgentPriorityTest {
    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @Test
    void aResidentAgent_goesBeforeOthersWithEveryThread() throws Exception {
        int own = SysResource.nice(0);
        assertThat(nicesOf(bed.startAgent().pid())).containsExactly(-10);
        assertThat(SysResource.nice(0)).as("who started it").isEqualTo(own);
    }

    @Test
    void niceZero_leavesItAsItWasStarted() throws Exception {
        assertThat(nicesOf(bed.startAgent("--nice", "0").pid()))
                .containsExactly(SysResource.nice(0));
    }

    @Test
    void anAgentOnDemand_isOneOfMany() throws Exception {
        bed.add("c1", bed.container()).succeeded();
        assertThat(nicesOf(bed.agents().running().getFirst().pid()))
                .containsExactly(SysResource.nice(0));
    }

    private static Set<Integer> nicesOf(long process) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process + "/task"))) {
            return threads.map(t -> SysResource.nice(Integer.parseInt(t.getFileName().toString())))
                    .collect(Collectors.toSet());
        }
    }
}
