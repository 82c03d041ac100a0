package dev.kakehashi.agent.attach;

/**
 * What a plugin leaves behind: its exit status and output streams.
 *
 * @param exitStatus 0 to 255
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Answer(int exitStatus, byte[] stdout, byte[] stderr) {
    private static final byte[] NOTHING = {};

    static Answer failure(byte[] stdout) {
        return new Answer(1, stdout, NOTHING);
    }

    /** Reads a FINISH or EXECUTED frame. */
    static Answer decode(Frame frame) throws ProtocolException {
        return new Answer(
                frame.number(Tag.EXIT_STATUS), frame.bytes(Tag.STDOUT), frame.bytes(Tag.STDERR));
    }

    /** Writes a FINISH frame; of a standard error that is too long the end. */
    byte[] encode(int version) throws ProtocolException {
        int skipped = Math.max(0, stderr.length - Protocol.STDERR_LIMIT);
        if (stdout.length > Protocol.STDOUT_LIMIT) {
            throw new ProtocolException(
                    Refusal.TOO_LARGE,
                    "a result of "
                            + stdout.length
                            + " bytes; "
                            + Protocol.STDOUT_LIMIT
                            + " are allowed");
        }
        return new FrameWriter(version, FrameType.FINISH)
                .put(Tag.EXIT_STATUS, exitStatus)
                .put(Tag.STDOUT, stdout)
                .put(Tag.STDERR, stderr, skipped, stderr.length - skipped)
                .finish();
    }
}
