package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * An Ethernet switch. Equivalent to: {@code ip link add type bridge …}.
 *
 * @param vlanFiltering whether ports have VLANs
 * @param vlanDefaultPvid the VLAN that new ports get untagged, 0 for none
 * @param stp whether the spanning tree protocol runs
 * @param multicastSnooping whether multicast goes only to ports that asked for it
 * @param forwardDelay hundredths of a second before a port forwards
 * @param ageingTime hundredths of a second that a learned address is kept
 */
public record Bridge(
        Optional<Boolean> vlanFiltering,
        OptionalInt vlanDefaultPvid,
        Optional<Boolean> stp,
        Optional<Boolean> multicastSnooping,
        OptionalInt forwardDelay,
        OptionalInt ageingTime)
        implements LinkKind {
    static final String NAME = "bridge";

    private static final int IFLA_BR_FORWARD_DELAY = 1;
    private static final int IFLA_BR_AGEING_TIME = 4;
    private static final int IFLA_BR_STP_STATE = 5;
    private static final int IFLA_BR_VLAN_FILTERING = 7;
    private static final int IFLA_BR_MCAST_SNOOPING = 23;
    private static final int IFLA_BR_VLAN_DEFAULT_PVID = 39;

    /** A bridge as the kernel makes it. */
    public static Bridge plain() {
        return new Bridge(
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    /** The same with VLAN filtering on or off. */
    public Bridge withVlanFiltering(boolean on) {
        return new Bridge(
                Optional.of(on), vlanDefaultPvid, stp, multicastSnooping, forwardDelay, ageingTime);
    }

    /** The same with another default VLAN, 0 for none. */
    public Bridge withVlanDefaultPvid(int id) {
        return new Bridge(
                vlanFiltering,
                OptionalInt.of(id),
                stp,
                multicastSnooping,
                forwardDelay,
                ageingTime);
    }

    /** The same with multicast snooping on or off. */
    public Bridge withMulticastSnooping(boolean on) {
        return new Bridge(
                vlanFiltering, vlanDefaultPvid, stp, Optional.of(on), forwardDelay, ageingTime);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {
        Wanted.u32(writer, IFLA_BR_FORWARD_DELAY, forwardDelay);
        Wanted.u32(writer, IFLA_BR_AGEING_TIME, ageingTime);
        if (stp.isPresent()) {
            writer.u32(IFLA_BR_STP_STATE, stp.get() ? 1 : 0);
        }
        // The default VLAN comes first: set after filtering is on it would reach the ports twice.
        Wanted.u16(writer, IFLA_BR_VLAN_DEFAULT_PVID, vlanDefaultPvid);
        Wanted.flag(writer, IFLA_BR_VLAN_FILTERING, vlanFiltering);
        Wanted.flag(writer, IFLA_BR_MCAST_SNOOPING, multicastSnooping);
    }

    @Override
    public String options() {
        StringBuilder text = new StringBuilder();
        Wanted.words(text, "forward_delay", forwardDelay);
        Wanted.words(text, "ageing_time", ageingTime);
        Wanted.words(text, "stp_state ", stp, "1", "0");
        Wanted.words(text, "vlan_filtering ", vlanFiltering, "1", "0");
        Wanted.words(text, "vlan_default_pvid", vlanDefaultPvid);
        Wanted.words(text, "mcast_snooping ", multicastSnooping, "1", "0");
        return text.toString();
    }

    @Override
    public boolean matches(LinkKind observed) {
        return observed instanceof Bridge other
                && Wanted.matches(vlanFiltering, other.vlanFiltering)
                && Wanted.matches(vlanDefaultPvid, other.vlanDefaultPvid)
                && Wanted.matches(stp, other.stp)
                && Wanted.matches(multicastSnooping, other.multicastSnooping)
                && Wanted.matches(forwardDelay, other.forwardDelay)
                && Wanted.matches(ageingTime, other.ageingTime);
    }

    @Override
    public boolean changeableFrom(LinkKind observed) {
        return observed instanceof Bridge;
    }

    static Bridge decode(Attributes data) throws MalformedMessageException {
        Optional<Boolean> filtering = Optional.empty();
        OptionalInt pvid = OptionalInt.empty();
        Optional<Boolean> stp = Optional.empty();
        Optional<Boolean> snooping = Optional.empty();
        OptionalInt delay = OptionalInt.empty();
        OptionalInt ageing = OptionalInt.empty();
        while (data.next()) {
            Attribute a = data.attribute();
            switch (a.type()) {
                case IFLA_BR_VLAN_FILTERING -> filtering = Optional.of(a.u8() != 0);
                case IFLA_BR_VLAN_DEFAULT_PVID -> pvid = OptionalInt.of(a.u16());
                case IFLA_BR_STP_STATE -> stp = Optional.of(a.u32() != 0);
                case IFLA_BR_MCAST_SNOOPING -> snooping = Optional.of(a.u8() != 0);
                case IFLA_BR_FORWARD_DELAY -> delay = OptionalInt.of(a.u32());
                case IFLA_BR_AGEING_TIME -> ageing = OptionalInt.of(a.u32());
                default -> {}
            }
        }
        return new Bridge(filtering, pvid, stp, snooping, delay, ageing);
    }
}
