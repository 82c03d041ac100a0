package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** The bytes of docs/attach-protocol.md. */
class FrameTest {
    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("#.*|\\s", ""));
    }

    private static Frame decode(byte[] frame) throws ProtocolException {
        return JournalRecord.decodeFrame(frame);
    }

    private static void assertRefused(Refusal refusal, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.refusal()).isEqualTo(refusal))
                .hasMessage(message);
    }

    private static final String REQUEST =
            """
            4b4b4831 0001 0001 00000086      # KKH1, version 1, REQUEST, 134 bytes follow
            0001 00000006 627269646765       # PLUGIN bridge
            0002 00000010                    # ENVIRONMENT
              434e495f434f4d4d414e443d41444400
            0003 00000002 7b7d               # STDIN {}
            0004 00000004 00000000           # DEADLINE, over already
            0005 00000002 0001               # LOWEST 1
            0006 00000003 010203             # DESCRIPTORS own netns, root, CNI_NETNS
            0008 00000010                    # REQUEST_ID
              01020304050607081112131415161718
            000a 00000005 2f686f6d65         # DIRECTORY /home
            0007 00000010                    # FRONT: device 8:1, inode 42
              0000000800000001 000000000000002a
            0009 00000004 00000002           # NETNS_ERRNO ENOENT
            """;

    private static AttachRequest request() {
        return new AttachRequest(
                "bridge",
                Environment.of(Map.of("CNI_COMMAND", "ADD")),
                "{}".getBytes(StandardCharsets.UTF_8),
                Deadline.inMillis(0),
                new RequestId(0x0102030405060708L, 0x1112131415161718L),
                Optional.of(new FileId(0x0000000800000001L, 0x2a)),
                "/home",
                2);
    }

    @Test
    void request_hasTheBytesOfTheDocument() throws Exception {
        assertThat(request().encode(1, new byte[] {1, 2, 3})).isEqualTo(bytes(REQUEST));
    }

    @Test
    void request_isReadFromThoseBytes() throws Exception {
        Frame frame = decode(bytes(REQUEST));
        AttachRequest request = AttachRequest.decode(frame);
        assertThat(frame.version()).isEqualTo(1);
        assertThat(frame.bytes(Tag.DESCRIPTORS)).containsExactly(1, 2, 3);
        assertThat(request.plugin()).isEqualTo("bridge");
        assertThat(request.command()).isEqualTo("ADD");
        assertThat(request.stdin()).asString(StandardCharsets.UTF_8).isEqualTo("{}");
        assertThat(request.deadline().isOver()).isTrue();
        assertThat(request.id()).isEqualTo(request().id());
        assertThat(request.front()).contains(new FileId(0x0000000800000001L, 0x2a));
        assertThat(request.directory()).isEqualTo("/home");
        assertThat(request.netnsErrno()).isEqualTo(2);
    }

    @Test
    void finish_hasTheBytesOfTheDocument() throws Exception {
        byte[] frame = new Answer(1, new byte[] {'x'}, new byte[] {'y', 'z'}).encode(1);
        assertThat(frame)
                .isEqualTo(
                        bytes(
                                """
                                4b4b4831 0001 0002 00000019 # FINISH
                                0014 00000004 00000001      # EXIT_STATUS 1
                                0015 00000001 78            # STDOUT
                                0016 00000002 797a          # STDERR
                                """));
        Answer again = Answer.decode(decode(frame));
        assertThat(again.exitStatus()).isEqualTo(1);
        assertThat(again.stdout()).containsExactly('x');
        assertThat(again.stderr()).containsExactly('y', 'z');
    }

    @Test
    void finish_keepsTheEndOfALongStandardError() throws Exception {
        byte[] stderr = new byte[Protocol.STDERR_LIMIT + 3];
        Arrays.fill(stderr, (byte) 'a');
        stderr[stderr.length - 1] = 'z';
        Answer again = Answer.decode(decode(new Answer(0, new byte[0], stderr).encode(1)));
        assertThat(again.stderr()).hasSize(Protocol.STDERR_LIMIT).endsWith('z');
    }

    @Test
    void unknownField_isSkipped() throws Exception {
        Frame frame = decode(bytes("4b4b4831 0001 0006 00000008 0fff 00000002 aabb"));
        assertThat(frame.type()).isEqualTo(FrameType.LEAVE);
    }

    @Test
    void unknownFieldThatMustBeUnderstood_isRefused() {
        assertRefused(
                Refusal.MALFORMED,
                "field 36863 must be understood and is not",
                () -> decode(bytes("4b4b4831 0001 0006 00000008 8fff 00000002 aabb")));
    }

    @Test
    void wrongMagic_isRefused() {
        assertRefused(
                Refusal.MALFORMED,
                "not a frame of the attach protocol: wrong magic",
                () -> decode("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void tooLongPayload_isRefusedBeforeItIsRead() {
        assertRefused(
                Refusal.TOO_LARGE,
                "a payload of 4194305 bytes; 4194304 are allowed",
                () -> Frame.header(bytes("4b4b4831 0001 0001 00400001")));
        assertRefused(
                Refusal.TOO_LARGE,
                "a payload of 4294967295 bytes; 4194304 are allowed",
                () -> Frame.header(bytes("4b4b4831 0001 0001 ffffffff")));
    }

    @Test
    void fieldThatIsCutOff_isRefused() {
        assertRefused(
                Refusal.MALFORMED,
                "a field is cut off",
                () -> decode(bytes("4b4b4831 0001 0006 00000003 000100")));
        assertRefused(
                Refusal.MALFORMED,
                "field 1 is longer than its frame",
                () -> decode(bytes("4b4b4831 0001 0006 00000007 0001 00000002 61")));
    }

    @Test
    void fieldThatComesTwice_isRefused() {
        assertRefused(
                Refusal.MALFORMED,
                "PLUGIN appears twice",
                () ->
                        decode(
                                bytes(
                                        "4b4b4831 0001 0001 0000000e 0001 00000001 61 0001 00000001 62")));
    }

    @Test
    void fieldBeyondItsLimit_isRefused() {
        byte[] frame = new FrameWriterForTests().plugin(256);
        assertRefused(
                Refusal.TOO_LARGE, "PLUGIN has 256 bytes; 255 are allowed", () -> decode(frame));
    }

    @Test
    void unknownType_isRefused() {
        assertRefused(
                Refusal.MALFORMED,
                "unknown frame type 9",
                () -> decode(bytes("4b4b4831 0001 0009 00000000")));
    }

    @Test
    void requestWithoutAField_namesIt() {
        assertRefused(
                Refusal.MALFORMED,
                "REQUEST without ENVIRONMENT",
                () ->
                        AttachRequest.decode(
                                decode(bytes("4b4b4831 0001 0001 00000007 0001 00000001 61"))));
    }

    @Test
    void pluginThatIsAPath_isRefused() {
        assertRefused(
                Refusal.MALFORMED,
                "PLUGIN is no name of a plugin",
                () ->
                        AttachRequest.decode(
                                decode(bytes("4b4b4831 0001 0001 00000008 0001 00000002 2e2f"))));
    }

    @Test
    void versions_theLowerOfTheHighestIsSpoken() throws Exception {
        assertThat(Conversation.agree(1, 1)).isEqualTo(1);
        assertThat(Conversation.agree(1, 9)).isEqualTo(Protocol.VERSION);
        assertRefused(
                Refusal.NO_COMMON_VERSION,
                "the front binary speaks the protocol versions 8 to 9, this agent 1 to 1",
                () -> Conversation.agree(8, 9));
    }

    /** Frames that the production code refuses to build. */
    private static final class FrameWriterForTests {
        byte[] plugin(int length) {
            try {
                return new FrameWriter(1, FrameType.REQUEST)
                        .put(Tag.PLUGIN, "p".repeat(length))
                        .finish();
            } catch (ProtocolException e) {
                throw new AssertionError(e);
            }
        }
    }
}
