package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Dynset;
import dev.kakehashi.linux.nft.expr.Limit;
import dev.kakehashi.linux.nft.expr.Log;
import dev.kakehashi.linux.nft.expr.Masquerade;
import dev.kakehashi.linux.nft.expr.Nat;
import dev.kakehashi.linux.nft.expr.NatFlags;
import dev.kakehashi.linux.nft.expr.Numgen;
import dev.kakehashi.linux.nft.expr.Redirect;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Reject;
import dev.kakehashi.linux.nft.expr.RejectType;
import dev.kakehashi.linux.nft.expr.Value;

import java.util.function.Function;

/** Statements in the words of nft. */
final class StatementText {
    private static final int DEFAULT_BURST = 5;
    private static final String[] LEVELS = {
        "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"
    };

    private StatementText() {}

    static String nat(
            Nat e,
            Family family,
            Function<Register, String> address,
            Function<Register, String> port) {
        StringBuilder text = new StringBuilder(e.type().text());
        boolean v6 = e.family() == Protocol.IP6.nfproto();
        if (family == Family.INET && e.addressMin().isPresent()) {
            text.append(v6 ? " ip6" : " ip");
        }
        text.append(" to ");
        String ports = ports(e.portMin(), e.portMax(), port);
        if (e.addressMin().isPresent()) {
            String from = address.apply(e.addressMin());
            String to =
                    e.addressMax().equals(e.addressMin())
                            ? ""
                            : "-" + address.apply(e.addressMax());
            boolean brackets = v6 && !ports.isEmpty();
            text.append(brackets ? "[" + from + to + "]" : from + to);
        }
        return text.append(ports).append(flags(e.flags())).toString();
    }

    static String masquerade(Masquerade e, Function<Register, String> port) {
        String ports = ports(e.portMin(), e.portMax(), port);
        return "masquerade" + (ports.isEmpty() ? "" : " to " + ports) + flags(e.flags());
    }

    static String redirect(Redirect e, Function<Register, String> port) {
        String ports = ports(e.portMin(), e.portMax(), port);
        return "redirect" + (ports.isEmpty() ? "" : " to " + ports) + flags(e.flags());
    }

    private static String ports(Register min, Register max, Function<Register, String> port) {
        if (!min.isPresent()) {
            return "";
        }
        String from = port.apply(min);
        if (from.isEmpty()) {
            return "";
        }
        return ":" + from + (max.equals(min) ? "" : "-" + port.apply(max));
    }

    private static String flags(int flags) {
        StringBuilder text = new StringBuilder();
        append(text, flags, NatFlags.RANDOM, "random");
        append(text, flags, NatFlags.FULLY_RANDOM, "fully-random");
        append(text, flags, NatFlags.PERSISTENT, "persistent");
        return text.toString();
    }

    private static void append(StringBuilder text, int flags, int flag, String name) {
        if ((flags & flag) != 0) {
            text.append(text.isEmpty() ? ' ' : ',').append(name);
        }
    }

    /**
     * In the families of one protocol, and for both protocols at once, nft leaves "port
     * unreachable" out.
     */
    static String reject(Reject e, Family family, boolean v6) {
        if (e.type() == RejectType.TCP_RESET) {
            return "reject with tcp reset";
        }
        String code = IcmpNames.rejectCode(e.type(), v6, e.code());
        boolean usual = e.type() == RejectType.ICMPX || family == Family.IP || family == Family.IP6;
        if (usual && code.equals(IcmpNames.PORT_UNREACHABLE)) {
            return "reject";
        }
        String type = e.type() == RejectType.ICMPX ? "icmpx" : v6 ? "icmpv6" : "icmp";
        return "reject with " + type + " " + code;
    }

    static String limit(Limit e) {
        StringBuilder text = new StringBuilder("limit rate ");
        text.append(e.inverted() ? "over " : "");
        if (e.bytes()) {
            text.append(bytes(e.rate(), " "));
        } else {
            text.append(e.rate());
        }
        text.append('/').append(LimitUnit.of(e.unit()).text());
        if (e.bytes()) {
            text.append(e.burst() == 0 ? "" : " burst " + bytes(e.burst(), " "));
        } else if (e.burst() != DEFAULT_BURST) {
            text.append(" burst ").append(e.burst()).append(" packets");
        }
        return text.toString();
    }

    private static String bytes(long bytes, String space) {
        long kilo = 1024;
        if (bytes != 0 && bytes % (kilo * kilo) == 0) {
            return bytes / (kilo * kilo) + space + "mbytes";
        }
        return bytes != 0 && bytes % kilo == 0
                ? bytes / kilo + space + "kbytes"
                : bytes + space + "bytes";
    }

    static String log(Log e) {
        StringBuilder text = new StringBuilder("log");
        if (!e.prefix().isEmpty()) {
            text.append(" prefix \"").append(e.prefix()).append('"');
        }
        if (e.group() >= 0) {
            text.append(" group ").append(e.group());
        } else if (e.level() != Log.WARNING) {
            text.append(" level ");
            text.append(
                    e.level() < LEVELS.length ? LEVELS[e.level()] : Integer.toString(e.level()));
        }
        return text.toString();
    }

    static String numgen(Numgen e) {
        return "numgen "
                + (e.random() ? "random" : "inc")
                + " mod "
                + e.modulus()
                + (e.offset() == 0 ? "" : " offset " + e.offset());
    }

    static String dynset(Dynset e, String key, String data) {
        return e.op().text()
                + " @"
                + e.set()
                + " { "
                + key
                + (e.timeoutMillis() == 0 ? "" : " timeout " + DurationText.of(e.timeoutMillis()))
                + (data.isEmpty() ? "" : " : " + data)
                + " }";
    }

    /** {@code (x & mask) ^ xor} in the form that says what it is for. */
    static String arithmetic(Operand.Masked masked) {
        DataType type = masked.base().type();
        Value mask = masked.mask();
        Value xor = masked.xor();
        String left = masked.base().text();
        if (xor.isZero()) {
            return left + " & " + ValueText.of(type, mask);
        }
        if (mask.not().isZero()) {
            return left + " ^ " + ValueText.of(type, xor);
        }
        if (mask.not().equals(xor)) {
            return left + " | " + ValueText.of(type, xor);
        }
        String op = mask.and(xor).isZero() ? " | " : " ^ ";
        return left + " & " + ValueText.of(type, mask) + op + ValueText.of(type, xor);
    }
}
