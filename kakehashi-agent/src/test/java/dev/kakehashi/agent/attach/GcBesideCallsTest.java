package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** GC while another container's ADD waits for an address plugin that takes its time. */
@KernelTest
class GcBesideCallsTest {
    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    /** Reserves as host-local does, and then waits for a file. */
    private void makeSlowIpam(Path reserved, Path goOn) throws Exception {
        Installation.script(
                bed.cni().resolve("slow-ipam"),
                """
                #!/bin/sh
                result=$(%s/host-local) || { echo "$result"; exit 1; }
                if [ "$CNI_COMMAND" = ADD ]; then
                    : >%s
                    until [ -e %s ]; do sleep 0.02; done
                fi
                [ -z "$result" ] || echo "$result"
                """
                        .formatted(bed.cni(), reserved, goOn));
    }

    private static void await(Path file) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(file)) {
            assertThat(System.nanoTime()).as("wait for %s", file).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void gc_doesNotWaitForASlowAdd_andSparesIt() throws Exception {
        bed.startAgent();
        Path reserved = directory.resolve("reserved");
        Path goOn = directory.resolve("go-on");
        makeSlowIpam(reserved, goOn);
        String config = bed.bridge().replace("host-local", "slow-ipam");
        try (Netns slow = bed.container();
                Netns dead = bed.container();
                Netns next = bed.container()) {
            bed.add("dead", dead).succeeded();
            Process add = bed.begin("bridge", "ADD", "slow", AgentBed.path(slow), config, Map.of());
            await(reserved);
            assertThat(bed.reserved()).hasSize(2);

            bed.call("bridge", "GC", "", "", AgentBed.withoutAttachments(config)).succeeded();

            assertThat(add.isAlive()).isTrue();
            assertThat(bed.reserved()).as("the address of the one that begins").hasSize(1);
            bed.add("next", next).succeeded(); // nor do others wait
            bed.del("next", next).succeeded();
            Files.createFile(goOn);
            FrontCall result = FrontCall.of(add).succeeded();
            assertThat(bed.reserved()).containsExactly(result.address());
            bed.call(
                            "bridge",
                            "CHECK",
                            "slow",
                            AgentBed.path(slow),
                            AgentBed.withResult(config, result.stdout()))
                    .succeeded();

            // One that is over is spared only when the caller says so.
            bed.call("bridge", "GC", "", "", AgentBed.withoutAttachments(config)).succeeded();
            bed.assertNothingIsLeft(slow, dead, next);
        }
    }
}
