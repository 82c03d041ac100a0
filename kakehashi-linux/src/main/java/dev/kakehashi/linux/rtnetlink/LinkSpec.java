package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.MacAddress;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a link shall be: for making one, or for changing what is named here and nothing else.
 *
 * @param name interface name; of a link that is found by its index: its new name
 * @param index the index to take when it is made; taken ones are EEXIST, a peer's EBUSY
 * @param kind what it is; needed to make it
 * @param parent the index of the lower link
 * @param parentNetnsId the namespace that {@code parent} is in, as this one numbers it
 * @param master the index of its bridge or VRF, 0 for none
 * @param netns the namespace it is made in or moved to; the descriptor stays the caller's
 * @param mac its MAC address
 * @param mtu bytes
 * @param txQueueLength packets
 * @param txQueues number of transmit queues, when it is made
 * @param rxQueues number of receive queues, when it is made
 * @param group {@code IFLA_GROUP}, 0 is the default
 * @param alias free text on the link, empty to remove it; the kernel ignores it on creation: see
 *     {@link Links#creation}
 * @param up {@code IFF_UP}; refused for a veth's peer
 * @param promiscuous {@code IFF_PROMISC}
 * @param allMulticast {@code IFF_ALLMULTI}
 * @param arp whether it resolves addresses, the inverse of {@code IFF_NOARP}
 * @param bridgePort how it behaves in its bridge; ignored on creation
 * @param addrGenMode how IPv6 link-local addresses are made; refused on creation
 * @param ipv4 settings of {@code /proc/sys/net/ipv4/conf}; refused on creation
 */
public record LinkSpec(
        Optional<String> name,
        OptionalInt index,
        Optional<LinkKind> kind,
        OptionalInt parent,
        OptionalInt parentNetnsId,
        OptionalInt master,
        Optional<Fd> netns,
        Optional<MacAddress> mac,
        OptionalInt mtu,
        OptionalInt txQueueLength,
        OptionalInt txQueues,
        OptionalInt rxQueues,
        OptionalInt group,
        Optional<String> alias,
        Optional<Boolean> up,
        Optional<Boolean> promiscuous,
        Optional<Boolean> allMulticast,
        Optional<Boolean> arp,
        Optional<BridgePort> bridgePort,
        Optional<AddrGenMode> addrGenMode,
        Map<Ipv4Setting, Integer> ipv4) {
    public LinkSpec {
        ipv4 = Map.copyOf(ipv4);
    }

    /** Whether nothing is asked for. */
    public boolean isEmpty() {
        return name.isEmpty()
                && index.isEmpty()
                && kind.isEmpty()
                && parent.isEmpty()
                && parentNetnsId.isEmpty()
                && master.isEmpty()
                && netns.isEmpty()
                && mac.isEmpty()
                && mtu.isEmpty()
                && txQueueLength.isEmpty()
                && txQueues.isEmpty()
                && rxQueues.isEmpty()
                && group.isEmpty()
                && alias.isEmpty()
                && up.isEmpty()
                && promiscuous.isEmpty()
                && allMulticast.isEmpty()
                && arp.isEmpty()
                && bridgePort.isEmpty()
                && addrGenMode.isEmpty()
                && ipv4.isEmpty();
    }

    /** Starts with nothing asked for. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts with a name and a kind. */
    public static Builder builder(String name, LinkKind kind) {
        return new Builder().name(name).kind(kind);
    }

    /** In the words of ip-link(8), starting with a blank each. */
    @Override
    public String toString() {
        return LinkText.of(this);
    }

    /** Collects what is asked for; each method as the component of its name. */
    public static final class Builder {
        private Optional<String> name = Optional.empty();
        private OptionalInt index = OptionalInt.empty();
        private Optional<LinkKind> kind = Optional.empty();
        private OptionalInt parent = OptionalInt.empty();
        private OptionalInt parentNetnsId = OptionalInt.empty();
        private OptionalInt master = OptionalInt.empty();
        private Optional<Fd> netns = Optional.empty();
        private Optional<MacAddress> mac = Optional.empty();
        private OptionalInt mtu = OptionalInt.empty();
        private OptionalInt txQueueLength = OptionalInt.empty();
        private OptionalInt txQueues = OptionalInt.empty();
        private OptionalInt rxQueues = OptionalInt.empty();
        private OptionalInt group = OptionalInt.empty();
        private Optional<String> alias = Optional.empty();
        private Optional<Boolean> up = Optional.empty();
        private Optional<Boolean> promiscuous = Optional.empty();
        private Optional<Boolean> allMulticast = Optional.empty();
        private Optional<Boolean> arp = Optional.empty();
        private Optional<BridgePort> bridgePort = Optional.empty();
        private Optional<AddrGenMode> addrGenMode = Optional.empty();
        private final Map<Ipv4Setting, Integer> ipv4 = new EnumMap<>(Ipv4Setting.class);

        private Builder() {}

        public Builder name(String value) {
            name = Optional.of(value);
            return this;
        }

        public Builder index(int value) {
            index = OptionalInt.of(value);
            return this;
        }

        public Builder kind(LinkKind value) {
            kind = Optional.of(value);
            return this;
        }

        public Builder parent(int value) {
            parent = OptionalInt.of(value);
            return this;
        }

        public Builder parentNetnsId(int value) {
            parentNetnsId = OptionalInt.of(value);
            return this;
        }

        public Builder master(int value) {
            master = OptionalInt.of(value);
            return this;
        }

        public Builder netns(Fd value) {
            netns = Optional.of(value);
            return this;
        }

        public Builder mac(MacAddress value) {
            mac = Optional.of(value);
            return this;
        }

        public Builder mtu(int value) {
            mtu = OptionalInt.of(value);
            return this;
        }

        public Builder txQueueLength(int value) {
            txQueueLength = OptionalInt.of(value);
            return this;
        }

        public Builder txQueues(int value) {
            txQueues = OptionalInt.of(value);
            return this;
        }

        public Builder rxQueues(int value) {
            rxQueues = OptionalInt.of(value);
            return this;
        }

        public Builder group(int value) {
            group = OptionalInt.of(value);
            return this;
        }

        public Builder alias(String value) {
            alias = Optional.of(value);
            return this;
        }

        public Builder up(boolean value) {
            up = Optional.of(value);
            return this;
        }

        public Builder promiscuous(boolean value) {
            promiscuous = Optional.of(value);
            return this;
        }

        public Builder allMulticast(boolean value) {
            allMulticast = Optional.of(value);
            return this;
        }

        public Builder arp(boolean value) {
            arp = Optional.of(value);
            return this;
        }

        public Builder bridgePort(BridgePort value) {
            bridgePort = Optional.of(value);
            return this;
        }

        public Builder addrGenMode(AddrGenMode value) {
            addrGenMode = Optional.of(value);
            return this;
        }

        public Builder ipv4(Ipv4Setting setting, int value) {
            ipv4.put(setting, value);
            return this;
        }

        public LinkSpec build() {
            return new LinkSpec(
                    name,
                    index,
                    kind,
                    parent,
                    parentNetnsId,
                    master,
                    netns,
                    mac,
                    mtu,
                    txQueueLength,
                    txQueues,
                    rxQueues,
                    group,
                    alias,
                    up,
                    promiscuous,
                    allMulticast,
                    arp,
                    bridgePort,
                    addrGenMode,
                    ipv4);
        }
    }
}
