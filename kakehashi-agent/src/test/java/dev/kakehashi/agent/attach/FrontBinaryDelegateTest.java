package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Plugins of others that one of ours calls, run by the front binary. */
@KernelTest
class FrontBinaryDelegateTest {
    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @Test
    void foreignIpam_isRunByTheFrontBinaryInItsSurroundings() throws Exception {
        bed.startAgent();
        Path seen = directory.resolve("seen");
        Installation.script(
                bed.cni().resolve("their-ipam"),
                """
                #!/bin/sh
                conf=$(cat)
                echo "$CNI_COMMAND $CNI_CONTAINERID $ODD $PPID" >>%s
                case $conf in *'"flavour"'*) ;; *) exit 9 ;; esac
                [ "$CNI_COMMAND" != ADD ] || echo '{"cniVersion": "1.0.0", "ips": [{"address": "10.9.0.5/24"}]}'
                """
                        .formatted(seen));
        String config =
                """
                {"cniVersion": "1.0.0", "name": "net", "type": "bridge", "bridge": "br0",
                 "ipam": {"type": "their-ipam", "flavour": "sweet"}}
                """;
        Netns container = bed.container();
        Map<String, String> odd = Map.of("ODD", "inherited");
        String netns = AgentBed.path(container);
        Process front = bed.begin("bridge", "ADD", "c1", netns, config, odd);
        FrontCall added = FrontCall.of(front).succeeded();
        assertThat(added.address()).isEqualTo("10.9.0.5");
        bed.call("bridge", "DEL", "c1", netns, config, odd).succeeded();
        List<String> lines = Files.readAllLines(seen);
        assertThat(lines.getFirst()).isEqualTo("ADD c1 inherited " + front.pid());
        assertThat(lines.getLast()).startsWith("DEL c1 inherited ");
        bed.assertNothingIsLeft(container);
    }

    @Test
    void foreignIpamThatFails_isReportedAndTheAddIsUndone() throws Exception {
        bed.startAgent();
        Installation.script(
                bed.cni().resolve("their-ipam"),
                """
                #!/bin/sh
                [ "$CNI_COMMAND" = ADD ] || exit 0
                echo '{"cniVersion": "1.0.0", "code": 123, "msg": "no address today"}'
                exit 1
                """);
        Netns container = bed.container();
        FrontCall failed =
                bed.call(
                        "bridge",
                        "ADD",
                        "c1",
                        AgentBed.path(container),
                        "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"bridge\","
                                + "\"bridge\":\"br0\",\"ipam\":{\"type\":\"their-ipam\"}}");
        failed.failed(123);
        assertThat(failed.stdout()).contains("no address today");
        bed.assertNothingIsLeft(container);
    }

    @Test
    void foreignIpamThatHangs_endsAtTheDeadline() throws Exception {
        bed.startAgent();
        Installation.script(
                bed.cni().resolve("their-ipam"),
                "#!/bin/sh\n[ \"$CNI_COMMAND\" != ADD ] || exec sleep 600\n");
        Netns container = bed.container();
        String config =
                "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"bridge\","
                        + "\"bridge\":\"br0\",\"ipam\":{\"type\":\"their-ipam\"}}";
        String netns = AgentBed.path(container);
        long start = System.nanoTime();
        bed.call("bridge", "ADD", "c1", netns, config, Map.of("KAKEHASHI_TIMEOUT", "2")).failed(11);
        assertThat(System.nanoTime() - start)
                .isBetween(TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(30));
        bed.call("bridge", "DEL", "c1", netns, config).succeeded();
        bed.assertNothingIsLeft(container);
        bed.add("c2", container).succeeded();
        bed.del("c2", container).succeeded();
        bed.assertNothingIsLeft(container);
    }
}
