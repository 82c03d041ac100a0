package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.Optional;

/**
 * How a link behaves as a port of its bridge ({@code IFLA_BRPORT_*}). What is empty is left as it
 * is. Equivalent to: {@code ip link set dev $port type bridge_slave …}.
 *
 * @param hairpin whether frames may leave by the port they came in
 * @param isolated whether it talks only to ports that are not isolated
 * @param learning whether source addresses are learned
 * @param unicastFlood whether frames for unknown addresses leave by it
 * @param multicastFlood whether multicast without listeners leaves by it
 * @param broadcastFlood whether broadcast leaves by it
 * @param neighbourSuppression whether the bridge answers ARP and neighbour solicitations from its
 *     own tables
 * @param guard whether spanning tree messages from it disable it
 * @param rootBlock whether it may not become the root port
 * @param fastLeave whether a leave message ends a multicast at once
 * @param locked whether frames from unknown addresses are dropped
 */
public record BridgePort(
        Optional<Boolean> hairpin,
        Optional<Boolean> isolated,
        Optional<Boolean> learning,
        Optional<Boolean> unicastFlood,
        Optional<Boolean> multicastFlood,
        Optional<Boolean> broadcastFlood,
        Optional<Boolean> neighbourSuppression,
        Optional<Boolean> guard,
        Optional<Boolean> rootBlock,
        Optional<Boolean> fastLeave,
        Optional<Boolean> locked) {
    private static final int IFLA_BRPORT_MODE = 4;
    private static final int IFLA_BRPORT_GUARD = 5;
    private static final int IFLA_BRPORT_PROTECT = 6;
    private static final int IFLA_BRPORT_FAST_LEAVE = 7;
    private static final int IFLA_BRPORT_LEARNING = 8;
    private static final int IFLA_BRPORT_UNICAST_FLOOD = 9;
    private static final int IFLA_BRPORT_MCAST_FLOOD = 27;
    private static final int IFLA_BRPORT_BCAST_FLOOD = 30;
    private static final int IFLA_BRPORT_NEIGH_SUPPRESS = 32;
    private static final int IFLA_BRPORT_ISOLATED = 33;
    private static final int IFLA_BRPORT_LOCKED = 39;

    /** Nothing asked for. */
    public static final BridgePort NONE = builder().build();

    /** Starts with nothing asked for. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether the observed port has everything that is asked for here. */
    public boolean matches(BridgePort observed) {
        return Wanted.matches(hairpin, observed.hairpin)
                && Wanted.matches(isolated, observed.isolated)
                && Wanted.matches(learning, observed.learning)
                && Wanted.matches(unicastFlood, observed.unicastFlood)
                && Wanted.matches(multicastFlood, observed.multicastFlood)
                && Wanted.matches(broadcastFlood, observed.broadcastFlood)
                && Wanted.matches(neighbourSuppression, observed.neighbourSuppression)
                && Wanted.matches(guard, observed.guard)
                && Wanted.matches(rootBlock, observed.rootBlock)
                && Wanted.matches(fastLeave, observed.fastLeave)
                && Wanted.matches(locked, observed.locked);
    }

    void encode(MessageWriter writer) {
        Wanted.flag(writer, IFLA_BRPORT_MODE, hairpin);
        Wanted.flag(writer, IFLA_BRPORT_GUARD, guard);
        Wanted.flag(writer, IFLA_BRPORT_PROTECT, rootBlock);
        Wanted.flag(writer, IFLA_BRPORT_FAST_LEAVE, fastLeave);
        Wanted.flag(writer, IFLA_BRPORT_LEARNING, learning);
        Wanted.flag(writer, IFLA_BRPORT_UNICAST_FLOOD, unicastFlood);
        Wanted.flag(writer, IFLA_BRPORT_MCAST_FLOOD, multicastFlood);
        Wanted.flag(writer, IFLA_BRPORT_BCAST_FLOOD, broadcastFlood);
        Wanted.flag(writer, IFLA_BRPORT_NEIGH_SUPPRESS, neighbourSuppression);
        Wanted.flag(writer, IFLA_BRPORT_ISOLATED, isolated);
        Wanted.flag(writer, IFLA_BRPORT_LOCKED, locked);
    }

    static BridgePort decode(Attributes attributes) throws MalformedMessageException {
        Builder port = new Builder();
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case IFLA_BRPORT_MODE -> port.hairpin(a.u8() != 0);
                case IFLA_BRPORT_GUARD -> port.guard(a.u8() != 0);
                case IFLA_BRPORT_PROTECT -> port.rootBlock(a.u8() != 0);
                case IFLA_BRPORT_FAST_LEAVE -> port.fastLeave(a.u8() != 0);
                case IFLA_BRPORT_LEARNING -> port.learning(a.u8() != 0);
                case IFLA_BRPORT_UNICAST_FLOOD -> port.unicastFlood(a.u8() != 0);
                case IFLA_BRPORT_MCAST_FLOOD -> port.multicastFlood(a.u8() != 0);
                case IFLA_BRPORT_BCAST_FLOOD -> port.broadcastFlood(a.u8() != 0);
                case IFLA_BRPORT_NEIGH_SUPPRESS -> port.neighbourSuppression(a.u8() != 0);
                case IFLA_BRPORT_ISOLATED -> port.isolated(a.u8() != 0);
                case IFLA_BRPORT_LOCKED -> port.locked(a.u8() != 0);
                default -> {}
            }
        }
        return port.build();
    }

    /** In the words of ip-link(8), starting with a blank each. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        Wanted.words(text, "hairpin ", hairpin, "on", "off");
        Wanted.words(text, "isolated ", isolated, "on", "off");
        Wanted.words(text, "learning ", learning, "on", "off");
        Wanted.words(text, "flood ", unicastFlood, "on", "off");
        Wanted.words(text, "mcast_flood ", multicastFlood, "on", "off");
        Wanted.words(text, "bcast_flood ", broadcastFlood, "on", "off");
        Wanted.words(text, "neigh_suppress ", neighbourSuppression, "on", "off");
        Wanted.words(text, "guard ", guard, "on", "off");
        Wanted.words(text, "root_block ", rootBlock, "on", "off");
        Wanted.words(text, "fastleave ", fastLeave, "on", "off");
        Wanted.words(text, "locked ", locked, "on", "off");
        return text.toString();
    }

    /** Collects what is asked for; each method as the component of its name. */
    public static final class Builder {
        private Optional<Boolean> hairpin = Optional.empty();
        private Optional<Boolean> isolated = Optional.empty();
        private Optional<Boolean> learning = Optional.empty();
        private Optional<Boolean> unicastFlood = Optional.empty();
        private Optional<Boolean> multicastFlood = Optional.empty();
        private Optional<Boolean> broadcastFlood = Optional.empty();
        private Optional<Boolean> neighbourSuppression = Optional.empty();
        private Optional<Boolean> guard = Optional.empty();
        private Optional<Boolean> rootBlock = Optional.empty();
        private Optional<Boolean> fastLeave = Optional.empty();
        private Optional<Boolean> locked = Optional.empty();

        private Builder() {}

        public Builder hairpin(boolean on) {
            hairpin = Optional.of(on);
            return this;
        }

        public Builder isolated(boolean on) {
            isolated = Optional.of(on);
            return this;
        }

        public Builder learning(boolean on) {
            learning = Optional.of(on);
            return this;
        }

        public Builder unicastFlood(boolean on) {
            unicastFlood = Optional.of(on);
            return this;
        }

        public Builder multicastFlood(boolean on) {
            multicastFlood = Optional.of(on);
            return this;
        }

        public Builder broadcastFlood(boolean on) {
            broadcastFlood = Optional.of(on);
            return this;
        }

        public Builder neighbourSuppression(boolean on) {
            neighbourSuppression = Optional.of(on);
            return this;
        }

        public Builder guard(boolean on) {
            guard = Optional.of(on);
            return this;
        }

        public Builder rootBlock(boolean on) {
            rootBlock = Optional.of(on);
            return this;
        }

        public Builder fastLeave(boolean on) {
            fastLeave = Optional.of(on);
            return this;
        }

        public Builder locked(boolean on) {
            locked = Optional.of(on);
            return this;
        }

        public BridgePort build() {
            return new BridgePort(
                    hairpin,
                    isolated,
                    learning,
                    unicastFlood,
                    multicastFlood,
                    broadcastFlood,
                    neighbourSuppression,
                    guard,
                    rootBlock,
                    fastLeave,
                    locked);
        }
    }
}
