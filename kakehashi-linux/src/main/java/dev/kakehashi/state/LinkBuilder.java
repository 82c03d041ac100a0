package dev.kakehashi.state;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;
import dev.kakehashi.linux.rtnetlink.BridgeVlan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Builds a {@link Link}; what is not called is left as the kernel has it. */
public final class LinkBuilder {
    private final String name;
    private final Relation relation;
    private final LinkOrigin origin;
    private String owner = "";
    private Optional<LinkRef> parent = Optional.empty();
    private Optional<String> master = Optional.empty();
    private OptionalInt mtu = OptionalInt.empty();
    private Optional<MacAddress> mac = Optional.empty();
    private Optional<Boolean> up = Optional.empty();
    private OptionalInt group = OptionalInt.empty();
    private OptionalInt txQueueLength = OptionalInt.empty();
    private Optional<Boolean> promiscuous = Optional.empty();
    private Optional<Boolean> allMulticast = Optional.empty();
    private Optional<AddrGenMode> addrGenMode = Optional.empty();
    private Optional<Boolean> hairpin = Optional.empty();
    private Optional<Boolean> isolated = Optional.empty();
    private Optional<Boolean> learning = Optional.empty();
    private Optional<List<BridgeVlan>> vlans = Optional.empty();

    LinkBuilder(String name, Relation relation, LinkOrigin origin) {
        this.name = name;
        this.relation = relation;
        this.origin = origin;
    }

    /** Whom the link is for: the text after {@code kakehashi:} in its alias. */
    public LinkBuilder owner(String value) {
        owner = value;
        return this;
    }

    /** The lower link, which may be in another namespace. */
    public LinkBuilder parent(LinkRef value) {
        parent = Optional.of(value);
        return this;
    }

    /** The bridge or VRF it becomes a port of. Equivalent to: {@code ip link set NAME master M}. */
    public LinkBuilder master(String value) {
        master = Optional.of(value);
        return this;
    }

    /** MTU in bytes. */
    public LinkBuilder mtu(int value) {
        mtu = OptionalInt.of(value);
        return this;
    }

    /** Hardware address. A created link without one gets a random, locally administered address. */
    public LinkBuilder mac(MacAddress value) {
        mac = Optional.of(value);
        return this;
    }

    /** Whether the link is up. */
    public LinkBuilder up(boolean value) {
        up = Optional.of(value);
        return this;
    }

    /** Device group. */
    public LinkBuilder group(int value) {
        group = OptionalInt.of(value);
        return this;
    }

    /** Transmit queue length in packets. */
    public LinkBuilder txQueueLength(int value) {
        txQueueLength = OptionalInt.of(value);
        return this;
    }

    /** Promiscuous mode. */
    public LinkBuilder promiscuous(boolean value) {
        promiscuous = Optional.of(value);
        return this;
    }

    /** Reception of all multicast. */
    public LinkBuilder allMulticast(boolean value) {
        allMulticast = Optional.of(value);
        return this;
    }

    /** How the IPv6 link-local address is made. */
    public LinkBuilder addrGenMode(AddrGenMode value) {
        addrGenMode = Optional.of(value);
        return this;
    }

    /** Bridge port: frames may leave by the port they came in. */
    public LinkBuilder hairpin(boolean value) {
        hairpin = Optional.of(value);
        return this;
    }

    /** Bridge port: no traffic to other isolated ports. */
    public LinkBuilder isolated(boolean value) {
        isolated = Optional.of(value);
        return this;
    }

    /** Bridge port: source addresses are learned. */
    public LinkBuilder learning(boolean value) {
        learning = Optional.of(value);
        return this;
    }

    /** Bridge port: exactly these VLANs. */
    public LinkBuilder vlans(List<BridgeVlan> value) {
        vlans = Optional.of(value);
        return this;
    }

    /**
     * The link.
     *
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public Link build() {
        return new Link(
                name,
                relation,
                origin,
                owner,
                parent,
                master,
                new LinkSettings(
                        mtu, mac, up, group, txQueueLength, promiscuous, allMulticast, addrGenMode),
                new BridgePort(hairpin, isolated, learning, vlans));
    }
}
