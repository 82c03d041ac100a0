package dev.kakehashi.linux.rtnetlink;

/**
 * A filter of traffic control.
 *
 * @param link the index of the link
 * @param parent the discipline it belongs to: {@link #INGRESS}, {@link #EGRESS}, or a handle
 * @param priority lower is looked at first, 1 to 65535; 0 to let the kernel choose when it is added
 * @param protocol the EtherType it is for, {@link #ALL} for all
 * @param handle its own number; 0 to let the kernel choose
 * @param kind what it looks at and does
 */
public record Filter(
        int link, int parent, int priority, int protocol, int handle, FilterKind kind) {
    /** {@code TC_H_MIN_INGRESS} of {@code clsact}: what arrives. */
    public static final int INGRESS = 0xffff_fff2;

    /** {@code TC_H_MIN_EGRESS} of {@code clsact}: what leaves. */
    public static final int EGRESS = 0xffff_fff3;

    /** {@code ETH_P_ALL}: every protocol. */
    public static final int ALL = 3;

    /** {@code ETH_P_IP}. */
    public static final int IPV4 = 0x0800;

    /** {@code ETH_P_IPV6}. */
    public static final int IPV6 = 0x86dd;

    /** A filter for the protocol that its kind is about, else for every protocol. */
    public static Filter of(int link, int parent, int priority, FilterKind kind) {
        int protocol = kind instanceof FilterKind.MatchSubnet subnet ? subnet.protocol() : ALL;
        return new Filter(link, parent, priority, protocol, 0, kind);
    }

    /** In the words of tc(8). */
    @Override
    public String toString() {
        String place =
                switch (parent) {
                    case INGRESS -> "ingress";
                    case EGRESS -> "egress";
                    default -> "parent " + Qdisc.handle(parent);
                };
        return "dev #"
                + link
                + " "
                + place
                + (protocol == ALL
                        ? " protocol all"
                        : " protocol 0x" + Integer.toHexString(protocol))
                + (priority == 0 ? "" : " prio " + priority)
                + " "
                + kind;
    }
}
