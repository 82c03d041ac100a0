package dev.kakehashi.linux.nft;

/**
 * States of a packet to connection tracking; several may be asked for at once
 * (nf_conntrack_common.h, {@code NF_CT_STATE_BIT}).
 */
public enum CtState {
    INVALID(1, "invalid"),
    ESTABLISHED(1 << 1, "established"),
    RELATED(1 << 2, "related"),
    NEW(1 << 3, "new"),
    UNTRACKED(1 << 6, "untracked");

    private final int bit;
    private final String text;

    CtState(int bit, String text) {
        this.bit = bit;
        this.text = text;
    }

    int bit() {
        return bit;
    }

    /** nft's word. */
    public String text() {
        return text;
    }
}
