package dev.kakehashi.agent.attach;

/** The reasons of a REFUSED frame (docs/attach-protocol.md, "Versions"). */
enum Refusal {
    NO_COMMON_VERSION(1),
    MALFORMED(2),
    TOO_LARGE(3),
    LEAVING(4),
    NOT_ROOT(5),
    UNANSWERABLE(6);

    private final int number;

    Refusal(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
