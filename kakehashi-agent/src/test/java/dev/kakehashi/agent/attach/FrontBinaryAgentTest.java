package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** By which agent a call of the front binary is answered: none, one, or something else. */
@KernelTest
class FrontBinaryAgentTest {
    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @Test
    void version_needsNoAgentAndStartsNone() throws Exception {
        FrontCall version = bed.call("bridge", "VERSION", "", "", "").succeeded();
        assertThat(version.stdout()).contains("supportedVersions").contains("1.1.0");
        assertThat(bed.agents().running()).isEmpty();
        bed.startAgent();
        assertThat(bed.call("bridge", "VERSION", "", "", "").succeeded().stdout())
                .isEqualTo(version.stdout());
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
            FrontCall.of(front).succeeded();
        }
        assertThat(bed.reserved()).hasSize(20);
        assertThat(bed.started()).as("agents started\n%s", bed.log()).isEqualTo(1);
        assertThat(bed.agents().running()).as("agents that run").hasSize(1);
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
                bed.agents().launch();
            }
        }
        for (Process front : fronts) {
            FrontCall.of(front).succeeded();
        }
        assertThat(bed.reserved()).hasSize(10);
        for (int i = 1; i <= 10; i++) {
            bed.del("c" + i, containers.get(i - 1)).succeeded();
        }
        bed.assertNothingIsLeft(containers.toArray(Netns[]::new));
        // The calls may all be over before the new one is ready.
        bed.agents().awaitLog("another agent takes over");
    }

    /** It has the place and is about to serve: the first question comes too early. */
    @Test
    void newAgent_asksAgainOneThatBeganBeforeIt() throws Exception {
        Files.createDirectories(bed.socket().getParent());
        Path lock = Path.of(bed.socket() + ".lock");
        FileChannel place =
                FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        assertThat(place.tryLock()).isNotNull();
        Process fresh = bed.agents().launch();
        bed.agents().awaitLog("asks it to leave");
        Thread.sleep(300); // several questions that nobody hears
        CountDownLatch asked = new CountDownLatch(1);
        try (AttachServer _ = standIn(leaving(asked))) {
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(fresh.isAlive()).isTrue();
        place.close();
        bed.agents().awaitServed(fresh);
        Netns container = bed.container();
        bed.add("c1", container).succeeded();
        bed.del("c1", container).succeeded();
        bed.assertNothingIsLeft(container);
    }

    private static AttachServer.ConnectionHandler leaving(CountDownLatch asked) {
        return (connection, crew) -> {
            try (FrameChannel channel = new FrameChannel(connection)) {
                assertThat(channel.receive(Deadline.inMillis(20_000)).type())
                        .isEqualTo(FrameType.LEAVE);
                channel.send(new FrameWriter(Protocol.VERSION, FrameType.FINISH).finish());
                asked.countDown();
            }
        };
    }

    /** Something else than an agent at the socket. */
    private AttachServer standIn(AttachServer.ConnectionHandler handler) throws Exception {
        Files.createDirectories(directory.resolve("run"));
        return AttachServer.start(bed.socket(), handler, () -> {});
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
        Process second = bed.agents().launch();
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isNotZero();
        assertThat(bed.log()).contains("another agent serves");
        bed.call("bridge", "STATUS", "", "", bed.bridge()).succeeded();
    }
}
