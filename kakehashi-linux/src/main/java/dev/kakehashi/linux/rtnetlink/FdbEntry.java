package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An entry of a forwarding database: of a VXLAN device itself ({@code self}) or of the bridge that
 * a port belongs to ({@code master}).
 *
 * @param link the index of the device or port
 * @param mac where frames are for; of VXLAN, all zeros stand for all unknown addresses, with a copy
 *     to each destination
 * @param destination the VXLAN end point
 * @param vlan the VLAN of a bridge's entry
 * @param vni the VXLAN identifier to send with, if not the device's own
 * @param bridge the index of the bridge as observed, 0 for entries of the device itself
 * @param state {@code NUD_*}: {@link Neighbour#NUD_PERMANENT} is "permanent" (of a bridge: local),
 *     {@link Neighbour#NUD_NOARP} "static"
 * @param flags {@code NTF_*}
 * @param protocol who made it, {@code RTPROT_*}; kept by few drivers
 */
public record FdbEntry(
        int link,
        MacAddress mac,
        Optional<InetAddress> destination,
        OptionalInt vlan,
        OptionalInt vni,
        int bridge,
        int state,
        int flags,
        int protocol) {

    /** A permanent entry of a VXLAN device: the end point behind which an address is. */
    public static FdbEntry vxlan(int link, MacAddress mac, InetAddress destination) {
        return new FdbEntry(
                link,
                mac,
                Optional.of(destination),
                OptionalInt.empty(),
                OptionalInt.empty(),
                0,
                Neighbour.NUD_PERMANENT | Neighbour.NUD_NOARP,
                Neighbour.NTF_SELF,
                0);
    }

    /** A static entry of a bridge: the port behind which an address is. */
    public static FdbEntry bridge(int port, MacAddress mac) {
        return new FdbEntry(
                port,
                mac,
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                0,
                Neighbour.NUD_NOARP,
                Neighbour.NTF_MASTER,
                0);
    }

    /** The same in one VLAN of the bridge. */
    public FdbEntry withVlan(int id) {
        return new FdbEntry(
                link, mac, destination, OptionalInt.of(id), vni, bridge, state, flags, protocol);
    }

    /** The same marked as put there by a control program, {@code NTF_EXT_LEARNED}. */
    public FdbEntry externallyLearned() {
        return new FdbEntry(
                link,
                mac,
                destination,
                vlan,
                vni,
                bridge,
                state,
                flags | Neighbour.NTF_EXT_LEARNED,
                protocol);
    }

    /** The same with the mark of who made it. */
    public FdbEntry withProtocol(int number) {
        return new FdbEntry(link, mac, destination, vlan, vni, bridge, state, flags, number);
    }

    /** Whether it is the device's own entry, not its bridge's. */
    public boolean isSelf() {
        return (flags & Neighbour.NTF_SELF) != 0;
    }

    /** Whether it stays until it is removed. */
    public boolean isStatic() {
        return (state & (Neighbour.NUD_PERMANENT | Neighbour.NUD_NOARP)) != 0;
    }

    /** In the words of bridge(8). */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(mac).append(" dev #").append(link);
        destination.ifPresent(d -> text.append(" dst ").append(IpAddresses.format(d)));
        Wanted.words(text, "vlan", vlan);
        Wanted.words(text, "vni", vni);
        text.append(isSelf() ? " self" : " master");
        if ((state & Neighbour.NUD_PERMANENT) != 0) {
            text.append(" permanent");
        } else if ((state & Neighbour.NUD_NOARP) != 0) {
            text.append(" static");
        }
        return text.toString();
    }
}
