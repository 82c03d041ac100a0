package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.Optional;

/** Expressions as netlink attributes (enum nft_expr_attributes). */
public final class ExpressionCodec {
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    private static final int NLA_F_NESTED = 0x8000;
    private static final Value NO_DATA = Value.of(new byte[0]);

    private ExpressionCodec() {}

    /** Writes an expression as a nested attribute of the type. */
    public static void write(MessageWriter writer, int type, Expression expression) {
        int nested = writer.begin(type);
        writer.string(NFTA_EXPR_NAME, expression.kind());
        if (expression instanceof Opaque opaque) {
            writer.bytes(NFTA_EXPR_DATA | NLA_F_NESTED, opaque.data().bytes());
        } else {
            int data = writer.begin(NFTA_EXPR_DATA);
            expression.writeTo(writer);
            writer.end(data);
        }
        writer.end(nested);
    }

    /**
     * Reads the attributes of an expression. One that this library does not know, or with more in
     * it than its record can hold, becomes {@link Opaque}.
     */
    public static Expression read(Attributes attributes) throws MalformedMessageException {
        String kind = "";
        Optional<Attribute> data = Optional.empty();
        while (attributes.next()) {
            Attribute attribute = attributes.attribute();
            switch (attribute.type()) {
                case NFTA_EXPR_NAME -> kind = attribute.string();
                case NFTA_EXPR_DATA -> data = Optional.of(attribute);
                default -> {}
            }
        }
        if (data.isEmpty()) {
            return kind.equals("notrack") ? new Notrack() : new Opaque(kind, NO_DATA);
        }
        try {
            Fields fields = new Fields(data.get().nested());
            Optional<Expression> known = read(kind, fields);
            if (known.isPresent() && fields.allRead()) {
                return known.get();
            }
        } catch (IllegalArgumentException _) {
            // A number that its enum or record does not have: a newer kernel's.
        }
        return new Opaque(kind, Value.of(data.get().bytes()));
    }

    private static Optional<Expression> read(String kind, Fields f)
            throws MalformedMessageException {
        return Optional.ofNullable(
                switch (kind) {
                    case "bitwise" -> Bitwise.read(f);
                    case "byteorder" -> Byteorder.read(f);
                    case "cmp" -> Cmp.read(f);
                    case "connlimit" -> Connlimit.read(f);
                    case "counter" -> Counter.read(f);
                    case "ct" -> f.has(Ct.NFTA_CT_SREG) ? CtSet.read(f) : Ct.read(f);
                    case "dynset" -> Dynset.read(f);
                    case "fib" -> Fib.read(f);
                    case "hash" -> Hash.read(f);
                    case "immediate" -> Immediate.read(f);
                    case "limit" -> Limit.read(f);
                    case "log" -> Log.read(f);
                    case "lookup" -> Lookup.read(f);
                    case Xtables.MATCH -> Xtables.read(Xtables.Part.MATCH, f);
                    case Xtables.TARGET -> Xtables.read(Xtables.Part.TARGET, f);
                    case "masq" -> Masquerade.read(f);
                    case "meta" -> f.has(Meta.NFTA_META_SREG) ? MetaSet.read(f) : Meta.read(f);
                    case "nat" -> Nat.read(f);
                    case "notrack" -> new Notrack();
                    case "numgen" -> Numgen.read(f);
                    case "payload" -> Payload.read(f);
                    case "range" -> Range.read(f);
                    case "redir" -> Redirect.read(f);
                    case "reject" -> Reject.read(f);
                    case "rt" -> Rt.read(f);
                    case "exthdr" ->
                            f.has(TcpOptionSet.NFTA_EXTHDR_SREG) ? TcpOptionSet.read(f) : null;
                    default -> null;
                });
    }

    /** What the expression has counted, if it is a {@link Counter}. */
    public static Optional<Counter.Count> count(Attributes attributes)
            throws MalformedMessageException {
        boolean counter = false;
        while (attributes.next()) {
            Attribute attribute = attributes.attribute();
            if (attribute.type() == NFTA_EXPR_NAME) {
                counter = attribute.string().equals("counter");
            } else if (counter && attribute.type() == NFTA_EXPR_DATA) {
                return Optional.of(Counter.count(new Fields(attribute.nested())));
            }
        }
        return Optional.empty();
    }
}
