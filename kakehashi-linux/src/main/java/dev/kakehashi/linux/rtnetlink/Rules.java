package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.Payload;

import java.util.Optional;
import java.util.OptionalInt;

/** Requests about routing policy rules. */
public final class Rules {
    private static final int FIB_RULE_HDR = 12;
    private static final int FIB_RULE_INVERT = 2;
    private static final int FRA_DST = 1;
    private static final int FRA_SRC = 2;
    private static final int FRA_IIFNAME = 3;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_SUPPRESS_PREFIXLEN = 14;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FRA_OIFNAME = 17;
    private static final int FRA_PROTOCOL = 21;

    private Rules() {}

    /** Adds a rule; EEXIST if there is exactly such a one. Equivalent to: {@code ip rule add …}. */
    public static NetlinkRequest add(Rule rule) {
        return new Request(
                Rtm.NEWRULE,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL,
                writer -> write(writer, rule),
                new Command("ip rule add", rule));
    }

    /**
     * Removes the first rule that is as said; ENOENT if there is none. Equivalent to: {@code ip
     * rule delete …}.
     */
    public static NetlinkRequest delete(Rule rule) {
        return new Request(
                Rtm.DELRULE, 0, writer -> write(writer, rule), new Command("ip rule delete", rule));
    }

    /**
     * Asks for the rules of both families. Equivalent to: {@code ip rule show}, {@code ip -6 rule
     * show}.
     */
    public static NetlinkRequest list() {
        return new Request(
                Rtm.GETRULE,
                0,
                writer -> writer.zeros(FIB_RULE_HDR),
                new Command("ip rule", "show"));
    }

    private static void write(MessageWriter writer, Rule rule) {
        writer.u8(rule.ipv4() ? Rtm.AF_INET : Rtm.AF_INET6);
        writer.u8(rule.to().map(IpPrefix::length).orElse(0));
        writer.u8(rule.from().map(IpPrefix::length).orElse(0));
        writer.u8(0);
        writer.u8(rule.table() >>> 8 == 0 ? rule.table() : 0);
        writer.u8(0).u8(0);
        writer.u8(rule.action().number());
        writer.u32(rule.inverted() ? FIB_RULE_INVERT : 0);
        writer.u32(FRA_PRIORITY, rule.priority());
        rule.to().ifPresent(p -> writer.address(FRA_DST, p.address()));
        rule.from().ifPresent(p -> writer.address(FRA_SRC, p.address()));
        rule.inputInterface().ifPresent(name -> writer.string(FRA_IIFNAME, name));
        rule.outputInterface().ifPresent(name -> writer.string(FRA_OIFNAME, name));
        Wanted.u32(writer, FRA_FWMARK, rule.mark());
        Wanted.u32(writer, FRA_FWMASK, rule.markMask());
        if (rule.table() != 0) {
            writer.u32(FRA_TABLE, rule.table());
        }
        Wanted.u32(writer, FRA_SUPPRESS_PREFIXLEN, rule.suppressPrefixLength());
        if (rule.protocol() != 0) {
            writer.u8(FRA_PROTOCOL, rule.protocol());
        }
    }

    /** Reads a rule from a notification or answer; empty for messages about something else. */
    public static Optional<Rule> decode(NetlinkMessage message) throws MalformedMessageException {
        if (message.type() != Rtm.NEWRULE && message.type() != Rtm.DELRULE) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        int family = payload.u8(0);
        if (family != Rtm.AF_INET && family != Rtm.AF_INET6) {
            return Optional.empty(); // multicast routing has rules too
        }
        int priority = 0;
        Optional<IpPrefix> from = Optional.empty();
        Optional<IpPrefix> to = Optional.empty();
        Optional<String> input = Optional.empty();
        Optional<String> output = Optional.empty();
        OptionalInt mark = OptionalInt.empty();
        OptionalInt mask = OptionalInt.empty();
        int table = payload.u8(4);
        int protocol = 0;
        OptionalInt suppress = OptionalInt.empty();
        Attributes attributes = payload.attributes(FIB_RULE_HDR);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case FRA_PRIORITY -> priority = a.u32();
                case FRA_DST -> to = Optional.of(Prefixes.of(a.address(), family, payload.u8(1)));
                case FRA_SRC -> from = Optional.of(Prefixes.of(a.address(), family, payload.u8(2)));
                case FRA_IIFNAME -> input = Optional.of(a.string());
                case FRA_OIFNAME -> output = Optional.of(a.string());
                case FRA_FWMARK -> mark = OptionalInt.of(a.u32());
                case FRA_FWMASK -> mask = OptionalInt.of(a.u32());
                case FRA_TABLE -> table = a.u32();
                case FRA_PROTOCOL -> protocol = a.u8();
                // The kernel says -1 where nothing is suppressed.
                case FRA_SUPPRESS_PREFIXLEN ->
                        suppress = a.u32() < 0 ? OptionalInt.empty() : OptionalInt.of(a.u32());
                default -> {}
            }
        }
        return Optional.of(
                new Rule(
                        family == Rtm.AF_INET,
                        priority,
                        from,
                        to,
                        input,
                        output,
                        mark,
                        mask,
                        Rule.Action.of(payload.u8(7)),
                        table,
                        protocol,
                        suppress,
                        (payload.u32(8) & FIB_RULE_INVERT) != 0));
    }
}
