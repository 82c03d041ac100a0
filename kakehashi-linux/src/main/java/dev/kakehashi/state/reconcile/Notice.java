package dev.kakehashi.state.reconcile;

/** How a departure came to be noticed. */
public enum Notice {
    /** The kernel sent a notification. */
    NOTIFICATION("the kernel told"),

    /** A regular look; what it finds the kernel does not announce. */
    LOOK("seen at a regular look"),

    /** A look because notifications had been lost, or at the start. */
    RESYNCHRONIZATION("seen at a look after lost notifications");

    private final String text;

    Notice(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
