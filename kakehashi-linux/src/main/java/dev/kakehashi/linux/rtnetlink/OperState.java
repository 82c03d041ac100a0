package dev.kakehashi.linux.rtnetlink;

/** The operational state of a link (RFC 2863, {@code IF_OPER_*} of linux/if.h, in its order). */
public enum OperState {
    UNKNOWN,
    NOT_PRESENT,
    DOWN,
    LOWER_LAYER_DOWN,
    TESTING,
    DORMANT,
    UP;

    static OperState of(int number) {
        return number >= 0 && number < values().length ? values()[number] : UNKNOWN;
    }
}
