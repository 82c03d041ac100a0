package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.status.CallTimes;
import dev.kakehashi.ipam.Static;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.UnixSocket;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What a peer may send: it is told what is wrong, and the next one is served. */
@KernelTest
class AttachServerTest {
    @TempDir Path directory;

    @SuppressWarnings("NullAway.Init") // by start()
    private AttachService service;

    private Path socket = Path.of("");

    @BeforeEach
    void start() throws Exception {
        socket = directory.resolve("agent.sock");
        service =
                AttachService.start(
                        socket,
                        directory.resolve("state"),
                        PluginRegistry.of(Map.of("static", host -> Static.create())),
                        () -> {},
                        () -> false,
                        new CallTimes(),
                        AgentQuestions.NONE);
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
    }

    /** Sends bytes as they are and ends the direction; the frame that came back, if one did. */
    private List<Frame> say(byte[] bytes, Fd... descriptors) throws IOException {
        UnixSocket connection = UnixSocket.connect(socket);
        try (FrameChannel channel = new FrameChannel(connection)) {
            connection.timeout(Duration.ofSeconds(20));
            try {
                connection.send(bytes, List.of(descriptors));
            } catch (LinuxException e) {
                // It refused before it had read everything: the answer is there all the same.
            }
            try {
                return List.of(channel.receive(Deadline.in(Duration.ofSeconds(20))));
            } catch (LinuxException e) {
                return List.of();
            }
        }
    }

    private static byte[] request(String command, String config, byte[] roles) throws IOException {
        AttachRequest request = Requests.of(command, "c1", config);
        return new AttachRequest(
                        "static",
                        request.environment(),
                        request.stdin(),
                        Deadline.in(Duration.ofSeconds(20)),
                        request.id(),
                        request.front(),
                        "/",
                        0)
                .encode(Protocol.VERSION, roles);
    }

    private void assertRefused(Refusal refusal, String text, byte[] bytes, Fd... descriptors)
            throws IOException {
        List<Frame> answers = say(bytes, descriptors);
        assertThat(answers).hasSize(1);
        Frame answer = answers.getFirst();
        assertThat(answer.type()).isEqualTo(FrameType.REFUSED);
        assertThat(answer.text(Tag.TEXT)).contains(text);
        assertThat(answer.number(Tag.REASON)).isEqualTo(refusal.number());
        assertThat(answer.number(Tag.LOWEST)).isEqualTo(Protocol.LOWEST);
        assertThat(answer.number(Tag.HIGHEST)).isEqualTo(Protocol.VERSION);
        assertServes();
    }

    private void assertServes() throws IOException {
        Answer answer = Answer.decode(say(request("VERSION", "", new byte[0])).getFirst());
        assertThat(answer.exitStatus()).isZero();
        assertThat(answer.stdout()).asString(StandardCharsets.UTF_8).contains("supportedVersions");
    }

    @Test
    void request_isAnswered() throws Exception {
        assertServes();
    }

    @Test
    void anotherProtocol_isRefused() throws Exception {
        assertRefused(
                Refusal.MALFORMED,
                "wrong magic",
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void frameThatIsTooLarge_isRefusedFromItsHeader() throws Exception {
        byte[] frame = request("VERSION", "", new byte[0]);
        frame[8] = 1;
        assertRefused(Refusal.TOO_LARGE, "4194304 are allowed", frame);
    }

    @Test
    void frameThatNeedsMoreThanWeKnow_isRefused() throws Exception {
        byte[] frame = Arrays.copyOf(request("VERSION", "", new byte[0]), 2000);
        int end = request("VERSION", "", new byte[0]).length;
        frame[end] = (byte) 0x80;
        frame[end + 1] = 0x7f;
        byte[] whole = Arrays.copyOf(frame, end + 6);
        int payload = whole.length - Protocol.HEADER_SIZE;
        whole[10] = (byte) (payload >> 8);
        whole[11] = (byte) payload;
        assertRefused(Refusal.MALFORMED, "must be understood", whole);
    }

    @Test
    void conversationThatBeginsWithAnAnswer_isRefused() throws Exception {
        assertRefused(
                Refusal.MALFORMED,
                "FINISH is not how a conversation begins",
                new Answer(0, new byte[0], new byte[0]).encode(1));
    }

    @Test
    void laterRelease_isAnsweredInOurVersion() throws Exception {
        byte[] frame = request("VERSION", "", new byte[0]);
        frame[5] = 2; // it speaks 2, and 1 as well
        Frame answer = say(frame).getFirst();
        assertThat(answer.type()).isEqualTo(FrameType.FINISH);
        assertThat(answer.version()).isEqualTo(1);
    }

    @Test
    void releaseFarAhead_isToldOurVersions() throws Exception {
        byte[] frame =
                new FrameWriter(9, FrameType.REQUEST)
                        .put(Tag.PLUGIN, "static")
                        .put(Tag.LOWEST, 8)
                        .finish();
        assertRefused(Refusal.NO_COMMON_VERSION, "8 to 9, this agent 1 to 1", frame);
    }

    @Test
    void descriptorsThatAreNotAnnounced_areRefusedAndClosed() throws Exception {
        try (Fd null1 = Fcntl.open("/dev/null", Fcntl.O_RDONLY, 0)) {
            assertRefused(
                    Refusal.MALFORMED,
                    "DESCRIPTORS names 0 descriptors, 1 came",
                    request("VERSION", "", new byte[0]),
                    null1);
            assertRefused(
                    Refusal.MALFORMED,
                    "DESCRIPTORS names 2 descriptors, 1 came",
                    request("VERSION", "", new byte[] {1, 2}),
                    null1);
        }
    }

    @Test
    void descriptorThatIsNoNamespace_isACniErrorForTheCall() throws Exception {
        try (Fd device = Fcntl.open("/dev/null", Fcntl.O_RDONLY, 0)) {
            // As the requester's own namespace: comparing goes by identity, so it is another host.
            List<Frame> answers = say(request("STATUS", "{", new byte[] {1}), device);
            assertThat(answers).hasSizeLessThanOrEqualTo(1);
        }
        assertServes();
    }

    @Test
    void requestThatIsCutOffAnywhere_endsWithoutHarm() throws Exception {
        byte[] whole = request("VERSION", "", new byte[0]);
        for (int length = 0; length < whole.length; length += 7) {
            try (UnixSocket connection = UnixSocket.connect(socket)) {
                if (length > 0) {
                    connection.send(Arrays.copyOf(whole, length), List.of());
                }
            }
        }
        assertServes();
    }

    @Test
    void randomDamage_isRefusedOrAnsweredAndNeverEndsTheService() throws Exception {
        RandomGenerator random = Seeds.random();
        byte[] whole = request("STATUS", "{\"cniVersion\":\"1.1.0\"}", new byte[] {1, 3});
        for (int i = 0; i < 300; i++) {
            byte[] bytes = whole.clone();
            for (int damage = random.nextInt(3); damage >= 0; damage--) {
                bytes[12 + random.nextInt(bytes.length - 12)] = (byte) random.nextInt();
            }
            List<Fd> descriptors = new ArrayList<>();
            for (int d = random.nextInt(4); d > 0; d--) {
                descriptors.add(Fcntl.open("/proc/self/ns/net", Fcntl.O_RDONLY, 0));
            }
            for (Frame answer : say(bytes, descriptors.toArray(Fd[]::new))) {
                assertThat(answer.type()).isIn(FrameType.REFUSED, FrameType.FINISH);
            }
            descriptors.forEach(Fd::close);
        }
        assertServes();
    }
}
