package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * A link with a MAC address of its own on its parent. Equivalent to: {@code ip link add link
 * $parent type macvlan mode $mode}.
 *
 * @param mode who may talk to whom
 * @param broadcastQueueLength how many broadcasts may wait; the highest demand of the parent's
 *     macvlans counts
 */
public record Macvlan(Mode mode, OptionalInt broadcastQueueLength) implements LinkKind {
    static final String NAME = "macvlan";
    private static final int IFLA_MACVLAN_MODE = 1;
    private static final int IFLA_MACVLAN_BC_QUEUE_LEN = 7;

    /** {@code MACVLAN_MODE_*} of linux/if_link.h. */
    public enum Mode {
        /** Macvlans of one parent do not see each other. */
        PRIVATE(1),
        /** They talk by way of an external bridge that sends back. */
        VEPA(2),
        /** They talk to each other directly. */
        BRIDGE(4),
        /** One macvlan takes over the whole parent. */
        PASSTHRU(8),
        /** Only listed source addresses are received. */
        SOURCE(16);

        private final int number;

        Mode(int number) {
            this.number = number;
        }

        /** The kernel's number. */
        public int number() {
            return number;
        }

        static Mode of(int number) throws MalformedMessageException {
            for (Mode mode : values()) {
                if (mode.number == number) {
                    return mode;
                }
            }
            throw new MalformedMessageException("no macvlan mode: " + number);
        }

        /** As ip-link(8) writes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A macvlan with the kernel's usual queue length. */
    public static Macvlan of(Mode mode) {
        return new Macvlan(mode, OptionalInt.empty());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {
        writer.u32(IFLA_MACVLAN_MODE, mode.number);
        Wanted.u32(writer, IFLA_MACVLAN_BC_QUEUE_LEN, broadcastQueueLength);
    }

    @Override
    public String options() {
        StringBuilder text = new StringBuilder(" mode ").append(mode);
        Wanted.words(text, "bcqueuelen", broadcastQueueLength);
        return text.toString();
    }

    @Override
    public boolean matches(LinkKind observed) {
        return observed instanceof Macvlan other
                && mode == other.mode
                && Wanted.matches(broadcastQueueLength, other.broadcastQueueLength);
    }

    /** The kernel changes between all modes but to and from passthru. */
    @Override
    public boolean changeableFrom(LinkKind observed) {
        return observed instanceof Macvlan other
                && (mode == Mode.PASSTHRU) == (other.mode == Mode.PASSTHRU);
    }

    static Macvlan decode(Attributes data) throws MalformedMessageException {
        Mode mode = Mode.VEPA;
        OptionalInt queue = OptionalInt.empty();
        while (data.next()) {
            Attribute a = data.attribute();
            switch (a.type()) {
                case IFLA_MACVLAN_MODE -> mode = Mode.of(a.u32());
                case IFLA_MACVLAN_BC_QUEUE_LEN -> queue = OptionalInt.of(a.u32());
                default -> {}
            }
        }
        return new Macvlan(mode, queue);
    }
}
