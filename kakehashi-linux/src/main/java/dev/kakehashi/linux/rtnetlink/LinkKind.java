package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * What a virtual link is ({@code IFLA_LINKINFO}), with the attributes of its kind. Attributes that
 * are empty are left to the kernel when a link is made, and make no difference when it is compared.
 * The lower link or the peer's index is no part of it: see {@link LinkSpec#parent}.
 */
public sealed interface LinkKind
        permits Bridge,
                Dummy,
                Ifb,
                Ipip,
                Ipvlan,
                Macvlan,
                OtherKind,
                Tun,
                Veth,
                Vlan,
                Vrf,
                Vxlan,
                Wireguard {
    /** The kernel's name, {@code IFLA_INFO_KIND}. */
    String name();

    /**
     * Writes the attributes, the content of {@code IFLA_INFO_DATA}.
     *
     * @param parent the index of the lower link, 0 for none, for the kinds that name it among their
     *     attributes
     */
    void encode(MessageWriter writer, int parent);

    /**
     * Writes the attributes that a link of this kind can be told when it exists; others, even with
     * the value they have, some kinds refuse.
     */
    default void encodeChange(MessageWriter writer) {
        encode(writer, 0);
    }

    /** Whether the lower link is named among the kind's attributes, not by {@code IFLA_LINK}. */
    default boolean hasParentAttribute() {
        return false;
    }

    /** The attributes in the words of ip-link(8), starting with a blank each. */
    default String options() {
        return "";
    }

    /** Whether an observed kind has everything that is asked for here. */
    default boolean matches(LinkKind observed) {
        return equals(observed);
    }

    /**
     * Whether a link of the observed kind can be changed into this one in place; else it must be
     * made anew.
     */
    default boolean changeableFrom(LinkKind observed) {
        return matches(observed);
    }

    /** Reads {@code IFLA_INFO_DATA} of a kind. */
    static LinkKind decode(String name, Attributes data) throws MalformedMessageException {
        return switch (name) {
            case Bridge.NAME -> Bridge.decode(data);
            case Dummy.NAME -> new Dummy();
            case Ifb.NAME -> new Ifb();
            case Ipip.NAME -> Ipip.decode(data);
            case Ipvlan.NAME -> Ipvlan.decode(data);
            case Macvlan.NAME -> Macvlan.decode(data);
            case Tun.NAME -> Tun.decode(data);
            case Veth.NAME -> Veth.pair();
            case Vlan.NAME -> Vlan.decode(data);
            case Vrf.NAME -> Vrf.decode(data);
            case Vxlan.NAME -> Vxlan.decode(data);
            case Wireguard.NAME -> new Wireguard();
            default -> new OtherKind(name);
        };
    }
}
