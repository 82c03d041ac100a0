package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpPrefix;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A routing policy rule ({@code struct fib_rule_hdr}, linux/fib_rules.h).
 *
 * @param ipv4 family: IPv4, else IPv6
 * @param priority lower is looked at first
 * @param from source network
 * @param to destination network
 * @param inputInterface packets that came in by it; need not exist
 * @param outputInterface packets of sockets bound to it; need not exist
 * @param mark firewall mark
 * @param markMask the bits of the mark that count
 * @param action what happens on a match
 * @param table where to look if the action is a lookup
 * @param protocol who made it, {@code RTPROT_*}
 * @param suppressPrefixLength what the table finds counts only if its prefix is longer
 * @param inverted matches what does not match
 */
public record Rule(
        boolean ipv4,
        int priority,
        Optional<IpPrefix> from,
        Optional<IpPrefix> to,
        Optional<String> inputInterface,
        Optional<String> outputInterface,
        OptionalInt mark,
        OptionalInt markMask,
        Action action,
        int table,
        int protocol,
        OptionalInt suppressPrefixLength,
        boolean inverted) {
    /** {@code FR_ACT_*} of linux/fib_rules.h. */
    public enum Action {
        UNSPECIFIED(0),
        LOOKUP(1),
        GOTO(2),
        NOP(3),
        BLACKHOLE(6),
        UNREACHABLE(7),
        PROHIBIT(8);

        private final int number;

        Action(int number) {
            this.number = number;
        }

        /** The kernel's number. */
        public int number() {
            return number;
        }

        static Action of(int number) {
            for (Action action : values()) {
                if (action.number == number) {
                    return action;
                }
            }
            return UNSPECIFIED;
        }

        /** As ip-rule(8) writes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A rule that looks into a table for everything of a family. */
    public static Rule lookup(boolean ipv4, int priority, int table) {
        return new Rule(
                ipv4,
                priority,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Action.LOOKUP,
                table,
                0,
                OptionalInt.empty(),
                false);
    }

    /** The same for packets from a network. */
    public Rule withFrom(IpPrefix network) {
        return new Rule(
                ipv4,
                priority,
                Optional.of(network),
                to,
                inputInterface,
                outputInterface,
                mark,
                markMask,
                action,
                table,
                protocol,
                suppressPrefixLength,
                inverted);
    }

    /** The same for packets to a network. */
    public Rule withTo(IpPrefix network) {
        return new Rule(
                ipv4,
                priority,
                from,
                Optional.of(network),
                inputInterface,
                outputInterface,
                mark,
                markMask,
                action,
                table,
                protocol,
                suppressPrefixLength,
                inverted);
    }

    /** The same for packets with a mark. */
    public Rule withMark(int value, int mask) {
        return new Rule(
                ipv4,
                priority,
                from,
                to,
                inputInterface,
                outputInterface,
                OptionalInt.of(value),
                OptionalInt.of(mask),
                action,
                table,
                protocol,
                suppressPrefixLength,
                inverted);
    }

    /** The same with the mark of who made it. */
    public Rule withProtocol(int number) {
        return new Rule(
                ipv4,
                priority,
                from,
                to,
                inputInterface,
                outputInterface,
                mark,
                markMask,
                action,
                table,
                number,
                suppressPrefixLength,
                inverted);
    }

    /** In the words of ip-rule(8). */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("priority ").append(Integer.toUnsignedString(priority));
        if (inverted) {
            text.append(" not");
        }
        text.append(" from ").append(from.map(IpPrefix::toString).orElse("all"));
        to.ifPresent(p -> text.append(" to ").append(p));
        inputInterface.ifPresent(name -> text.append(" iif ").append(name));
        outputInterface.ifPresent(name -> text.append(" oif ").append(name));
        if (mark.isPresent()) {
            text.append(" fwmark 0x").append(Integer.toHexString(mark.getAsInt()));
            markMask.ifPresent(m -> text.append("/0x").append(Integer.toHexString(m)));
        }
        if (action == Action.LOOKUP) {
            text.append(" lookup ").append(Integer.toUnsignedString(table));
            Wanted.words(text, "suppress_prefixlength", suppressPrefixLength);
        } else {
            text.append(' ').append(action);
        }
        return ipv4 ? text.toString() : "-6 " + text;
    }
}
