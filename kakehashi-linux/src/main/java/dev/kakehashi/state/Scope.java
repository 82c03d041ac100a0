package dev.kakehashi.state;

/** How far an address or a route is valid: {@code RT_SCOPE_*}, linux/rtnetlink.h. */
public enum Scope {
    GLOBAL(0),
    SITE(200),
    LINK(253),
    HOST(254);

    private final int number;

    Scope(int number) {
        this.number = number;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** The scope of a number; site for the numbers in between that have no name. */
    public static Scope of(int number) {
        return switch (number) {
            case 0 -> GLOBAL;
            case 253 -> LINK;
            case 254 -> HOST;
            default -> SITE;
        };
    }
}
