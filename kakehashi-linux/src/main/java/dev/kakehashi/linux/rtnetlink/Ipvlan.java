package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.Locale;

/**
 * A link that shares its parent's MAC address and is told apart by IP address. Equivalent to:
 * {@code ip link add link $parent type ipvlan mode $mode $flag}.
 *
 * @param mode the layer at which packets are switched; one for all ipvlans of a parent
 * @param isolation who may talk to whom
 */
public record Ipvlan(Mode mode, Isolation isolation) implements LinkKind {
    static final String NAME = "ipvlan";
    private static final int IFLA_IPVLAN_MODE = 1;
    private static final int IFLA_IPVLAN_FLAGS = 2;

    /** {@code IPVLAN_MODE_*} of linux/if_link.h. */
    public enum Mode {
        L2(0),
        L3(1),
        L3S(2);

        private final int number;

        Mode(int number) {
            this.number = number;
        }

        static Mode of(int number) throws MalformedMessageException {
            for (Mode mode : values()) {
                if (mode.number == number) {
                    return mode;
                }
            }
            throw new MalformedMessageException("no ipvlan mode: " + number);
        }

        /** As ip-link(8) writes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code IPVLAN_F_*} of linux/if_link.h. */
    public enum Isolation {
        BRIDGE(0),
        PRIVATE(1),
        VEPA(2);

        private final int number;

        Isolation(int number) {
            this.number = number;
        }

        static Isolation of(int number) throws MalformedMessageException {
            for (Isolation isolation : values()) {
                if (isolation.number == number) {
                    return isolation;
                }
            }
            throw new MalformedMessageException("no ipvlan flags: " + number);
        }

        /** As ip-link(8) writes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** An ipvlan whose siblings may talk to each other. */
    public static Ipvlan of(Mode mode) {
        return new Ipvlan(mode, Isolation.BRIDGE);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {
        writer.u16(IFLA_IPVLAN_MODE, mode.number);
        writer.u16(IFLA_IPVLAN_FLAGS, isolation.number);
    }

    @Override
    public String options() {
        return " mode " + mode + " " + isolation;
    }

    @Override
    public boolean changeableFrom(LinkKind observed) {
        return observed instanceof Ipvlan;
    }

    static Ipvlan decode(Attributes data) throws MalformedMessageException {
        Mode mode = Mode.L2;
        Isolation isolation = Isolation.BRIDGE;
        while (data.next()) {
            Attribute a = data.attribute();
            switch (a.type()) {
                case IFLA_IPVLAN_MODE -> mode = Mode.of(a.u16());
                case IFLA_IPVLAN_FLAGS -> isolation = Isolation.of(a.u16());
                default -> {}
            }
        }
        return new Ipvlan(mode, isolation);
    }
}
