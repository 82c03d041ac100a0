package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** From the front binary to the kernel and back, with real processes. */
@KernelTest
class FrontBinaryTest {
    private static final Map<String, String> NO_AGENT = Map.of("KAKEHASHI_AGENT", "off");

    @TempDir Path directory;

    @SuppressWarnings("NullAway.Init") // by make()
    private AgentBed bed;

    @BeforeEach
    void make(TestNamespaces namespaces) throws Exception {
        bed = AgentBed.make(namespaces, directory);
    }

    @AfterEach
    void close() throws Exception {
        if (bed != null) {
            bed.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bridge", "ptp"})
    void addCheckDel_doWhatTheySay(String plugin) throws Exception {
        bed.startAgent();
        Netns container = bed.container();
        String config = plugin.equals("bridge") ? bed.bridge() : bed.config(plugin, "");
        String netns = AgentBed.path(container);
        AgentBed.Call added = bed.call(plugin, "ADD", "c1", netns, config).succeeded();
        assertThat(bed.reserved()).containsExactly(added.address());
        assertThat(TestNamespaces.run(container, "ip", "-o", "addr"))
                .contains("eth0    inet " + added.address() + "/24");
        String checked = AgentBed.withResult(config, added.stdout());
        bed.call(plugin, "CHECK", "c1", netns, checked).succeeded();
        TestNamespaces.run(container, "ip", "link", "set", "eth0", "name", "moved");
        assertThat(bed.call(plugin, "CHECK", "c1", netns, checked).status()).isNotZero();
        TestNamespaces.run(container, "ip", "link", "set", "moved", "name", "eth0");
        bed.call(plugin, "DEL", "c1", netns, config).succeeded();
        bed.assertNothingIsLeft(container);
        bed.call(plugin, "DEL", "c1", netns, config).succeeded();
        assertThat(bed.started()).as("all by one agent").isEqualTo(1);
    }

    @Test
    void loopback_isSetUp() throws Exception {
        bed.startAgent();
        Netns container = bed.container();
        String config = "{\"cniVersion\":\"1.1.0\",\"name\":\"lo\",\"type\":\"loopback\"}";
        Map<String, String> lo = Map.of("CNI_IFNAME", "lo");
        String netns = AgentBed.path(container);
        AgentBed.Call added = bed.call("loopback", "ADD", "c1", netns, config, lo).succeeded();
        assertThat(TestNamespaces.run(container, "ip", "link", "show", "lo")).contains("LOWER_UP");
        bed.call("loopback", "CHECK", "c1", netns, AgentBed.withResult(config, added.stdout()), lo)
                .succeeded();
        bed.call("loopback", "DEL", "c1", netns, config, lo).succeeded();
    }

    @Test
    void gc_removesWhatIsNotValidAndKeepsTheRest() throws Exception {
        bed.startAgent();
        Netns kept = bed.container();
        Netns lost = bed.container();
        String address = bed.add("kept", kept).succeeded().address();
        bed.add("lost", lost).succeeded();
        String config = bed.bridge().strip();
        bed.call(
                        "bridge",
                        "GC",
                        "",
                        "",
                        config.substring(0, config.length() - 1)
                                + ", \"cni.dev/valid-attachments\":"
                                + " [{\"containerID\": \"kept\", \"ifname\": \"eth0\"}]}")
                .succeeded();
        assertThat(bed.reserved()).containsExactly(address);
        assertThat(TestNamespaces.run(kept, "ip", "-o", "addr")).contains(address);
        bed.del("kept", kept).succeeded();
        bed.assertNothingIsLeft(kept, lost);
    }

    @Test
    void status_saysWhetherAddWouldWork() throws Exception {
        bed.startAgent();
        bed.call("bridge", "STATUS", "", "", bed.bridge()).succeeded();
        String full = bed.bridge().replace("10.1.0.0/24", "10.1.0.0/30");
        Netns container = bed.container();
        bed.call("bridge", "ADD", "c1", AgentBed.path(container), full).succeeded();
        bed.call("bridge", "STATUS", "", "", full).failed(50);
    }

    @Test
    void version_needsNoAgentAndStartsNone() throws Exception {
        AgentBed.Call version = bed.call("bridge", "VERSION", "", "", "").succeeded();
        assertThat(version.stdout()).contains("supportedVersions").contains("1.1.0");
        assertThat(bed.running()).isEmpty();
        bed.startAgent();
        assertThat(bed.call("bridge", "VERSION", "", "", "").succeeded().stdout())
                .isEqualTo(version.stdout());
    }

    @Test
    void oneShot_hasTheSameResultAsTheAgent() throws Exception {
        Netns container = bed.container();
        String netns = AgentBed.path(container);
        String alone =
                bed.call("bridge", "ADD", "c1", netns, bed.bridge(), NO_AGENT).succeeded().stdout();
        bed.call("bridge", "CHECK", "c1", netns, AgentBed.withResult(bed.bridge(), alone), NO_AGENT)
                .succeeded();
        bed.call("bridge", "DEL", "c1", netns, bed.bridge(), NO_AGENT).succeeded();
        bed.assertNothingIsLeft(container);
        assertThat(bed.running()).isEmpty();
        bed.startAgent();
        String together = bed.add("c1", container).succeeded().stdout();
        assertThat(withoutChance(together)).isEqualTo(withoutChance(alone));
    }

    /** Hardware addresses, names of host ends and the next address differ from call to call. */
    private static String withoutChance(String result) {
        return result.replaceAll("([0-9a-f]{2}:){5}[0-9a-f]{2}", "MAC")
                .replaceAll("veth[0-9a-f]+", "VETH")
                .replaceAll("10\\.1\\.0\\.\\d+/", "ADDRESS/");
    }

    @Test
    void mistakes_areTheSameErrorsWithAndWithoutAgent() throws Exception {
        bed.startAgent();
        Netns container = bed.container();
        String netns = AgentBed.path(container);
        for (String[] bad :
                new String[][] {
                    {"ADD", "c1", netns, "{\"name\": ", "6"},
                    {"ADD", "c1", "", bed.bridge(), "4"},
                    {"ADD", "../c1", netns, bed.bridge(), "4"},
                    {"FLY", "c1", netns, bed.bridge(), "4"},
                    {"ADD", "c1", "/nowhere", bed.bridge(), "8"},
                    {"ADD", "c1", netns, bed.bridge().replace("\"net\"", "\"../net\""), "7"},
                }) {
            AgentBed.Call resident = bed.call("bridge", bad[0], bad[1], bad[2], bad[3]);
            AgentBed.Call alone = bed.call("bridge", bad[0], bad[1], bad[2], bad[3], NO_AGENT);
            assertThat(resident.stdout()).as(String.join(" ", bad)).isEqualTo(alone.stdout());
            resident.failed(Integer.parseInt(bad[4]));
        }
        bed.assertNothingIsLeft(container);
    }

    @Test
    void foreignIpam_isRunByTheFrontBinaryInItsSurroundings() throws Exception {
        bed.startAgent();
        Path seen = directory.resolve("seen");
        AgentBed.script(
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
        AgentBed.Call added = AgentBed.finish(front).succeeded();
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
        AgentBed.script(
                bed.cni().resolve("their-ipam"),
                """
                #!/bin/sh
                [ "$CNI_COMMAND" = ADD ] || exit 0
                echo '{"cniVersion": "1.0.0", "code": 123, "msg": "no address today"}'
                exit 1
                """);
        Netns container = bed.container();
        AgentBed.Call failed =
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
        AgentBed.script(
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

    @Test
    void nobodyButRoot_isServed() throws Exception {
        bed.startAgent();
        assertThat(Files.getPosixFilePermissions(bed.socket())).hasSize(2); // rw-------
        // The doors opened, so that the check behind them is what is seen.
        for (Path door : List.of(directory, directory.resolve("run"), bed.socket())) {
            TestNamespaces.run(bed.host(), "chmod", "a+rwx", door.toString());
        }
        String output =
                TestNamespaces.run(
                        bed.host(),
                        "sh",
                        "-c",
                        "echo '%s' | CNI_COMMAND=STATUS CNI_PATH=/ KAKEHASHI_SOCKET=%s setpriv --reuid=65534 --regid=65534 --clear-groups %s || true"
                                .formatted(
                                        bed.bridge(), bed.socket(), bed.cni().resolve("bridge")));
        assertThat(output).contains("\"code\": 5").contains("only root may ask");
    }

    @Test
    void twentyAtOnceWithoutAgent_startOneAndAllSucceed() throws Exception {
        List<Netns> containers = new ArrayList<>();
        List<Process> fronts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Netns container = bed.container();
            containers.add(container);
            fronts.add(
                    bed.begin(
                            "bridge",
                            "ADD",
                            "c" + i,
                            AgentBed.path(container),
                            bed.bridge(),
                            Map.of()));
        }
        for (Process front : fronts) {
            AgentBed.finish(front).succeeded();
        }
        assertThat(bed.reserved()).hasSize(20);
        assertThat(bed.started()).as("agents started\n%s", bed.log()).isEqualTo(1);
        for (int i = 0; i < 20; i++) {
            bed.del("c" + i, containers.get(i)).succeeded();
        }
        bed.assertNothingIsLeft(containers.toArray(Netns[]::new));
    }

    @Test
    void agentStartedOnDemand_leavesWhenIdle() throws Exception {
        Netns container = bed.container();
        bed.call(
                        "bridge",
                        "ADD",
                        "c1",
                        AgentBed.path(container),
                        bed.bridge(),
                        Map.of("KAKEHASHI_IDLE", "1"))
                .succeeded();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (Files.exists(bed.socket()) && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(bed.socket()).doesNotExist();
        assertThat(bed.log()).contains("nothing was asked for 1 s");
        bed.del("c1", container).succeeded();
        bed.assertNothingIsLeft(container);
    }

    @Test
    void newAgent_takesOverFromOneOnDemandWhileRequestsRun() throws Exception {
        Netns container = bed.container();
        bed.add("c0", container).succeeded();
        bed.del("c0", container).succeeded();
        List<Process> fronts = new ArrayList<>();
        List<Netns> containers = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            Netns one = bed.container();
            containers.add(one);
            fronts.add(
                    bed.begin(
                            "bridge", "ADD", "c" + i, AgentBed.path(one), bed.bridge(), Map.of()));
            if (i == 3) {
                bed.launchAgent();
            }
        }
        for (Process front : fronts) {
            AgentBed.finish(front).succeeded();
        }
        assertThat(bed.reserved()).hasSize(10);
        for (int i = 1; i <= 10; i++) {
            bed.del("c" + i, containers.get(i - 1)).succeeded();
        }
        bed.assertNothingIsLeft(containers.toArray(Netns[]::new));
        assertThat(bed.log()).contains("another agent takes over");
    }

    /** Something else than an agent at the socket. */
    private AttachServer standIn(AttachServer.ConnectionHandler handler) throws Exception {
        Files.createDirectories(directory.resolve("run"));
        return AttachServer.start(bed.socket(), handler);
    }

    private static AttachServer.ConnectionHandler answering(byte[] bytes) {
        return (connection, crew) -> {
            try (FrameChannel channel = new FrameChannel(connection)) {
                assertThat(channel.receive(Deadline.inMillis(20_000)).type())
                        .isEqualTo(FrameType.REQUEST);
                channel.takeDescriptors().forEach(Fd::close);
                channel.send(bytes);
            }
        };
    }

    @Test
    void agentOfAReleaseFarAhead_isLeftAlone() throws Exception {
        byte[] refusal =
                new FrameWriter(9, FrameType.REFUSED)
                        .put(Tag.REASON, 1)
                        .put(Tag.LOWEST, 8)
                        .put(Tag.HIGHEST, 9)
                        .put(Tag.TEXT, "too old")
                        .finish();
        Netns container = bed.container();
        try (AttachServer _ = standIn(answering(refusal))) {
            bed.add("c1", container).succeeded();
            bed.del("c1", container).succeeded();
        }
        assertThat(bed.started()).as("one-shot runs").isEqualTo(2);
        bed.assertNothingIsLeft(container);
    }

    @Test
    void answerThatIsNone_isAnErrorAndNoCrash() throws Exception {
        Netns container = bed.container();
        try (AttachServer _ =
                standIn(
                        answering(
                                "HTTP/1.1 400 Bad Request\r\n\r\n"
                                        .getBytes(StandardCharsets.UTF_8)))) {
            assertThat(bed.add("c1", container).failed(5).stdout()).contains("malformed");
        }
    }

    @Test
    void agentThatAlwaysDies_isAskedTwice() throws Exception {
        Netns container = bed.container();
        AtomicInteger asked = new AtomicInteger();
        try (AttachServer _ =
                standIn((connection, crew) -> {
                    asked.incrementAndGet();
                    connection.close();
                })) {
            bed.add("c1", container).failed(11);
        }
        assertThat(asked).hasValueGreaterThanOrEqualTo(2);
    }

    @Test
    void secondResidentAgent_saysThatThereIsOne() throws Exception {
        bed.startAgent();
        Process second = bed.launchAgent();
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isNotZero();
        assertThat(bed.log()).contains("another agent serves");
        bed.call("bridge", "STATUS", "", "", bed.bridge()).succeeded();
    }
}
