package dev.kakehashi.linux.rtnetlink;

/** How far an address or a destination is ({@code RT_SCOPE_*} of linux/rtnetlink.h). */
public enum Scope {
    GLOBAL(0),
    SITE(200),
    LINK(253),
    HOST(254),
    NOWHERE(255);

    private final int number;

    Scope(int number) {
        this.number = number;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** The scope of a number; those between, which a site may define, are the next wider one. */
    public static Scope of(int number) {
        Scope widest = GLOBAL;
        for (Scope scope : values()) {
            if (scope.number <= number) {
                widest = scope;
            }
        }
        return widest;
    }
}
