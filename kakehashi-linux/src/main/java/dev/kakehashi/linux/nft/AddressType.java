package dev.kakehashi.linux.nft;

/** What an address is to this machine's routing (linux/rtnetlink.h, {@code RTN_*}). */
public enum AddressType {
    UNSPEC(0, "unspec"),
    UNICAST(1, "unicast"),
    LOCAL(2, "local"),
    BROADCAST(3, "broadcast"),
    ANYCAST(4, "anycast"),
    MULTICAST(5, "multicast"),
    BLACKHOLE(6, "blackhole"),
    UNREACHABLE(7, "unreachable"),
    PROHIBIT(8, "prohibit");

    private final int number;
    private final String text;

    AddressType(int number, String text) {
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
