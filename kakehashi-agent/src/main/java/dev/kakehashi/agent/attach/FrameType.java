package dev.kakehashi.agent.attach;

/** The types of frames (docs/attach-protocol.md, "Frames"). */
enum FrameType {
    REQUEST(1),
    FINISH(2),
    EXEC(3),
    EXECUTED(4),
    REFUSED(5),
    LEAVE(6),
    ASK(7),
    TOLD(8);

    private static final FrameType[] BY_NUMBER = {
        null, REQUEST, FINISH, EXEC, EXECUTED, REFUSED, LEAVE, ASK, TOLD
    };

    private final int number;

    FrameType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /**
     * The type with a number.
     *
     * @throws ProtocolException when there is none
     */
    static FrameType of(int number) throws ProtocolException {
        if (number < 1 || number >= BY_NUMBER.length) {
            throw new ProtocolException(Refusal.MALFORMED, "unknown frame type " + number);
        }
        return BY_NUMBER[number];
    }
}
