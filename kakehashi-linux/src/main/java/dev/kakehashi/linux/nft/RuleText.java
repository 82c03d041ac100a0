package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.Bitwise;
import dev.kakehashi.linux.nft.expr.Byteorder;
import dev.kakehashi.linux.nft.expr.Cmp;
import dev.kakehashi.linux.nft.expr.CmpOp;
import dev.kakehashi.linux.nft.expr.Connlimit;
import dev.kakehashi.linux.nft.expr.Counter;
import dev.kakehashi.linux.nft.expr.Ct;
import dev.kakehashi.linux.nft.expr.CtDirection;
import dev.kakehashi.linux.nft.expr.CtSet;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Dynset;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.Fib;
import dev.kakehashi.linux.nft.expr.FibResult;
import dev.kakehashi.linux.nft.expr.Hash;
import dev.kakehashi.linux.nft.expr.Immediate;
import dev.kakehashi.linux.nft.expr.Limit;
import dev.kakehashi.linux.nft.expr.Log;
import dev.kakehashi.linux.nft.expr.Lookup;
import dev.kakehashi.linux.nft.expr.Masquerade;
import dev.kakehashi.linux.nft.expr.Meta;
import dev.kakehashi.linux.nft.expr.MetaKey;
import dev.kakehashi.linux.nft.expr.MetaSet;
import dev.kakehashi.linux.nft.expr.Nat;
import dev.kakehashi.linux.nft.expr.Notrack;
import dev.kakehashi.linux.nft.expr.Numgen;
import dev.kakehashi.linux.nft.expr.Opaque;
import dev.kakehashi.linux.nft.expr.Payload;
import dev.kakehashi.linux.nft.expr.PayloadBase;
import dev.kakehashi.linux.nft.expr.Range;
import dev.kakehashi.linux.nft.expr.Redirect;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Reject;
import dev.kakehashi.linux.nft.expr.RejectType;
import dev.kakehashi.linux.nft.expr.Rt;
import dev.kakehashi.linux.nft.expr.TcpOptionSet;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.linux.nft.expr.Verdict;
import dev.kakehashi.linux.nft.expr.Xtables;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a rule's expressions back into the words of nft, as {@code nft list} does: the registers
 * are followed, and the comparison of a protocol is left out where the field's name says it
 * already. What has no words is shown in brackets.
 */
final class RuleText {
    private static final int REGISTER_WORDS = 16;

    private final Family family;
    private final ProtocolContext context;
    private final @Nullable Operand[] registers = new @Nullable Operand[REGISTER_WORDS];
    private final List<String> parts = new ArrayList<>();
    private final Map<Protocol, Integer> implied = new EnumMap<>(Protocol.class);

    private RuleText(Family family) {
        this.family = family;
        this.context = new ProtocolContext(family);
    }

    static String of(Family family, Rule rule) {
        RuleText text = new RuleText(family);
        List<Expression> expressions = rule.expressions();
        for (int i = 0; i < expressions.size(); i++) {
            if (i + 1 < expressions.size()
                    && text.between(expressions.get(i), expressions.get(i + 1))) {
                i++;
            } else {
                text.read(expressions.get(i));
            }
        }
        if (!rule.comment().isEmpty()) {
            text.parts.add("comment \"" + rule.comment() + "\"");
        }
        return text.join();
    }

    private String join() {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            if (!part.isEmpty()) {
                text.append(text.isEmpty() ? "" : " ").append(part);
            }
        }
        return text.toString();
    }

    private void read(Expression expression) {
        switch (expression) {
            case Meta e -> load(e.dreg(), e, e.key().text(), e.key().type());
            case Ct e -> load(e.dreg(), e, ctText(e), e.key().type());
            case Fib e -> load(e.dreg(), e, fibText(e), fibType(e));
            case Payload e -> payload(e);
            case Rt e ->
                    load(
                            e.dreg(),
                            e,
                            e.key() == Rt.TCPMSS ? "rt mtu" : "rt " + e.key(),
                            DataType.INTEGER);
            case TcpOptionSet e -> {
                String option =
                        e.option() == TcpOptionSet.MAXSEG
                                ? "maxseg size"
                                : e.option() + "," + e.offset() * 8 + "," + e.length() * 8;
                parts.add(
                        "tcp option " + option + " set " + source(e.sreg(), DataType.INET_SERVICE));
                clear();
            }
            case Numgen e -> load(e.dreg(), e, StatementText.numgen(e), DataType.INTEGER);
            case Hash e -> load(e.dreg(), e, hashText(e), DataType.INTEGER);
            case Bitwise e -> bitwise(e);
            case Byteorder e -> move(e.sreg(), e.dreg());
            case Cmp e -> cmp(e);
            case Range e ->
                    compare(
                            e.sreg(),
                            e.inverted() ? "!= " : "",
                            type -> range(type, e.from(), e.to()));
            case Lookup e -> lookup(e);
            case Immediate e -> immediate(e);
            case MetaSet e -> {
                parts.add(metaSetText(e.key()) + " set " + source(e.sreg(), e.key().type()));
                clear();
            }
            case CtSet e -> {
                parts.add("ct " + e.key().text() + " set " + source(e.sreg(), e.key().type()));
                clear();
            }
            case Nat e -> {
                parts.add(StatementText.nat(e, family, this::address, this::port));
                clear();
            }
            case Masquerade e -> {
                parts.add(StatementText.masquerade(e, this::port));
                clear();
            }
            case Redirect e -> {
                parts.add(StatementText.redirect(e, this::port));
                clear();
            }
            case Dynset e -> {
                parts.add(StatementText.dynset(e, key(e.key()), dynsetData(e)));
                clear();
            }
            case Reject e -> {
                boolean v6 = context.network() == Protocol.IP6;
                if (e.type() == RejectType.ICMP) {
                    forget(context.network());
                }
                parts.add(StatementText.reject(e, family, v6));
            }
            case Counter e -> parts.add("counter");
            case Notrack e -> parts.add("notrack");
            case Limit e -> parts.add(StatementText.limit(e));
            case Connlimit e -> parts.add("ct count " + (e.inverted() ? "over " : "") + e.count());
            case Log e -> parts.add(StatementText.log(e));
            case Xtables e -> {
                // As nft writes what it knows no words for; it cannot read that back.
                parts.add("xt " + e.kind() + " \"" + e.name() + "\"");
                clear();
            }
            case Opaque e -> {
                parts.add("[ " + e.kind() + " " + e.data() + " ]");
                clear();
            }
        }
    }

    // Reading into registers

    private void load(Register dreg, Expression source, String text, DataType type) {
        int words = Math.max(1, Value.padded(type.length()) / 4);
        registers[dreg.word()] = new Operand.Loaded(source, text, type, words);
    }

    private void payload(Payload payload) {
        for (Selector selector : Selector.values()) {
            if (selector.load(payload.dreg()) instanceof Payload known
                    && known.base() == payload.base()
                    && known.offset() == payload.offset()
                    && fits(selector, payload.length())
                    && context.knows(selector.protocol())
                    && (selector.protocol() != Protocol.ANY
                            || context.transport() == Protocol.ANY)) {
                forget(selector.protocol());
                load(payload.dreg(), payload, selector.text(), selector.type());
                return;
            }
        }
        String text =
                payload.base().text() + "," + payload.offset() * 8 + "," + payload.length() * 8;
        registers[payload.dreg().word()] =
                new Operand.Loaded(
                        payload, text, DataType.INTEGER, Value.padded(payload.length()) / 4);
    }

    private static boolean fits(Selector selector, int length) {
        boolean address =
                selector.type() == DataType.IPV4_ADDR || selector.type() == DataType.IPV6_ADDR;
        return length == selector.type().length() || (address && length < selector.type().length());
    }

    /** The name of the field says which protocol it is. */
    private void forget(Protocol protocol) {
        Integer part = implied.remove(protocol);
        if (part != null) {
            parts.set(part, "");
        }
        if (protocol.network() != Protocol.ANY) {
            forget(protocol.network());
        }
    }

    private void bitwise(Bitwise e) {
        if (registers[e.sreg().word()] instanceof Operand.Loaded base) {
            registers[e.dreg().word()] = new Operand.Masked(base, e.mask(), e.xor());
        } else {
            registers[e.dreg().word()] =
                    new Operand.Mapped(
                            source(e.sreg(), DataType.INTEGER)
                                    + " & "
                                    + e.mask()
                                    + " ^ "
                                    + e.xor());
        }
    }

    private void move(Register from, Register to) {
        registers[to.word()] = registers[from.word()];
    }

    private void immediate(Immediate e) {
        switch (e.data()) {
            case Verdict verdict -> parts.add(verdict.toString());
            case Value value -> registers[e.dreg().word()] = new Operand.Constant(value);
        }
    }

    // Conditions

    private boolean between(Expression first, Expression second) {
        if (first instanceof Cmp from
                && second instanceof Cmp to
                && from.op() == CmpOp.GTE
                && to.op() == CmpOp.LTE
                && from.sreg().equals(to.sreg())) {
            compare(from.sreg(), "", type -> range(type, from.value(), to.value()));
            return true;
        }
        return false;
    }

    private static String range(DataType type, Value from, Value to) {
        return ValueText.of(type, from) + "-" + ValueText.of(type, to);
    }

    private void compare(
            Register sreg, String op, java.util.function.Function<DataType, String> right) {
        if (registers[sreg.word()] instanceof Operand.Loaded left) {
            parts.add(left.text() + " " + op + right.apply(left.type()));
        } else {
            parts.add(source(sreg, DataType.INTEGER) + " " + op + right.apply(DataType.INTEGER));
        }
        clear();
    }

    private void cmp(Cmp e) {
        String op = e.op() == CmpOp.EQ ? "" : e.op().text() + " ";
        switch (registers[e.sreg().word()]) {
            case Operand.Loaded left -> {
                parts.add(left.text() + " " + op + comparedTo(left, e.value()));
                if (e.op() == CmpOp.EQ) {
                    learn(left, e.value());
                }
            }
            case Operand.Masked left -> parts.add(maskedText(left, e));
            case Operand.Mapped left -> parts.add(left.text() + " " + op + e.value());
            case Operand.Constant left -> parts.add(left.value() + " " + op + e.value());
            case null -> parts.add("[ reg " + e.sreg().number() + " " + op + e.value() + " ]");
        }
        clear();
    }

    private static String comparedTo(Operand.Loaded left, Value value) {
        int whole = left.type().length();
        if (left.source() instanceof Payload && left.type() == DataType.INTEGER) {
            return "0x" + Long.toHexString(value.bigEndian()); // bits of a packet without a name
        }
        if (left.source() instanceof Payload && value.length() < whole) {
            Value address = Value.of(java.util.Arrays.copyOf(value.bytes(), whole));
            return ValueText.address(address) + "/" + value.length() * 8;
        }
        if (left.source() instanceof Fib fib && fib.result() != FibResult.ADDRTYPE) {
            return fibPresence(fib, value);
        }
        return ValueText.of(left.type(), value);
    }

    private static String fibPresence(Fib fib, Value value) {
        if ((fib.flags() & Fib.PRESENT) != 0) {
            return value.isZero() ? "missing" : "exists";
        }
        return value.toString();
    }

    private static String maskedText(Operand.Masked left, Cmp e) {
        Operand.Loaded base = left.base();
        String op = e.op() == CmpOp.EQ ? "" : e.op().text() + " ";
        boolean address = base.type() == DataType.IPV4_ADDR || base.type() == DataType.IPV6_ADDR;
        int prefix = left.mask().maskLength();
        if (address && prefix >= 0) {
            return base.text() + " " + op + ValueText.address(e.value()) + "/" + prefix;
        }
        boolean flags =
                base.type() == DataType.CT_STATE
                        || base.type() == DataType.CT_STATUS
                        || base.type() == DataType.TCP_FLAG;
        if (flags && e.value().isZero() && e.op() == CmpOp.NEQ) {
            return base.text() + " " + ValueText.of(base.type(), left.mask());
        }
        if (flags && e.value().isZero() && e.op() == CmpOp.EQ) {
            return base.text() + " ! " + ValueText.of(base.type(), left.mask());
        }
        if (base.type() == DataType.TCP_FLAG && e.op() == CmpOp.EQ) {
            return base.text()
                    + " "
                    + ValueText.of(base.type(), e.value())
                    + " / "
                    + ValueText.of(base.type(), left.mask());
        }
        return base.text()
                + " & "
                + ValueText.of(base.type(), left.mask())
                + " "
                + e.op().text()
                + " "
                + ValueText.of(base.type(), e.value());
    }

    /** What an equality tells of the protocols; a later field name may make its words needless. */
    private void learn(Operand.Loaded left, Value value) {
        if (left.source() instanceof Meta meta) {
            Protocol protocol =
                    switch (meta.key()) {
                        case NFPROTO -> Protocol.ofNfproto(value.bigEndian());
                        case PROTOCOL -> Protocol.of(Protocol.Layer.NETWORK, value.bigEndian());
                        case L4PROTO -> Protocol.of(Protocol.Layer.TRANSPORT, value.bigEndian());
                        case IIFTYPE -> Protocol.of(Protocol.Layer.LINK, value.hostOrder());
                        default -> Protocol.ANY;
                    };
            if (protocol != Protocol.ANY) {
                context.know(protocol);
                implied.put(protocol, parts.size() - 1);
            }
        } else if (left.source() instanceof Payload payload
                && payload.base() != PayloadBase.TRANSPORT) {
            if (left.type() == DataType.ETHER_TYPE) {
                context.know(Protocol.of(Protocol.Layer.NETWORK, value.bigEndian()));
            } else if (left.type() == DataType.INET_PROTO) {
                context.know(Protocol.of(Protocol.Layer.TRANSPORT, value.bigEndian()));
            }
        }
    }

    private void lookup(Lookup e) {
        String key = key(e.sreg());
        clear();
        if (!e.dreg().isPresent()) {
            parts.add(key + (e.inverted() ? " != @" : " @") + e.set());
        } else if (e.dreg().equals(Register.VERDICT)) {
            parts.add(key + " vmap @" + e.set());
        } else {
            registers[e.dreg().word()] = new Operand.Mapped(key + " map @" + e.set());
        }
    }

    // Reading from registers

    /** The concatenation that begins at a register. */
    private String key(Register first) {
        StringBuilder text = new StringBuilder();
        for (int word = first.word(); word < REGISTER_WORDS; ) {
            Operand operand = registers[word];
            if (operand == null) {
                break;
            }
            text.append(text.isEmpty() ? "" : " . ");
            switch (operand) {
                case Operand.Loaded loaded -> {
                    text.append(loaded.text());
                    word += loaded.words();
                }
                case Operand.Masked masked -> {
                    text.append(masked.base().text()).append(" & ");
                    text.append(ValueText.of(masked.base().type(), masked.mask()));
                    word += masked.base().words();
                }
                case Operand.Constant constant -> {
                    text.append(constant.value());
                    word += Value.padded(constant.value().length()) / 4;
                }
                case Operand.Mapped mapped -> {
                    return text.append(mapped.text()).toString();
                }
            }
        }
        return text.isEmpty() ? "[ reg " + first.number() + " ]" : text.toString();
    }

    /** What is written somewhere. */
    private String source(Register sreg, DataType type) {
        return switch (registers[sreg.word()]) {
            case Operand.Loaded loaded -> loaded.text();
            case Operand.Constant constant -> ValueText.of(type, constant.value());
            case Operand.Masked masked -> StatementText.arithmetic(masked);
            case Operand.Mapped mapped -> mapped.text();
            case null -> "[ reg " + sreg.number() + " ]";
        };
    }

    private String address(Register reg) {
        return registers[reg.word()] instanceof Operand.Constant c
                ? ValueText.address(c.value())
                : source(reg, DataType.INTEGER);
    }

    /** The port in a register, empty where the address's map brings it along. */
    private String port(Register reg) {
        return registers[reg.word()] instanceof Operand.Constant c
                ? Long.toString(c.value().bigEndian())
                : "";
    }

    private String dynsetData(Dynset e) {
        return e.data().isPresent() ? source(e.data(), DataType.INTEGER) : "";
    }

    private void clear() {
        java.util.Arrays.fill(registers, null);
    }

    private static String ctText(Ct e) {
        String direction = e.direction() == CtDirection.NONE ? "" : e.direction().text() + " ";
        return "ct " + direction + e.key().text();
    }

    private static String metaSetText(MetaKey key) {
        return key.text().startsWith("meta ") ? key.text() : "meta " + key.text();
    }

    private static DataType fibType(Fib e) {
        return e.result() == FibResult.ADDRTYPE ? DataType.FIB_ADDRTYPE : DataType.INTEGER;
    }

    private static String fibText(Fib e) {
        StringBuilder text = new StringBuilder("fib ");
        String[] names = {"saddr", "daddr", "mark", "iif", "oif"};
        String separator = "";
        for (int i = 0; i < names.length; i++) {
            if ((e.flags() & (1 << i)) != 0) {
                text.append(separator).append(names[i]);
                separator = " . ";
            }
        }
        return text.append(' ').append(e.result().text()).toString();
    }

    private String hashText(Hash e) {
        String key = key(e.sreg());
        java.util.Arrays.fill(registers, e.sreg().word(), REGISTER_WORDS, null);
        return "jhash "
                + key
                + " mod "
                + e.modulus()
                + (e.seed() == 0 ? "" : " seed 0x" + Integer.toHexString(e.seed()))
                + (e.offset() == 0 ? "" : " offset " + e.offset());
    }
}
