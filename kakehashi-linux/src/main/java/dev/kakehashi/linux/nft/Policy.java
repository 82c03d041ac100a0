package dev.kakehashi.linux.nft;

/** What becomes of a packet at the end of a base chain. */
public enum Policy {
    DROP(0, "drop"),
    ACCEPT(1, "accept");

    private final int number;
    private final String text;

    Policy(int number, String text) {
        this.number = number;
        this.text = text;
    }

    int number() {
        return number;
    }

    /** nft's word. */
    public String text() {
        return text;
    }
}
