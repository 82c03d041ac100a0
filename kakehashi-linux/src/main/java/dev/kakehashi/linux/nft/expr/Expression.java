package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * One instruction of a rule. An expression reads or writes registers, breaks off the rule when its
 * condition does not hold, acts on the packet, or sets the verdict. What this library does not know
 * is kept as {@link Opaque}, so any rule can be read and written back.
 */
public sealed interface Expression
        permits Bitwise,
                Byteorder,
                Cmp,
                Connlimit,
                Counter,
                Ct,
                CtSet,
                Dynset,
                Fib,
                Hash,
                Immediate,
                Limit,
                Log,
                Lookup,
                Masquerade,
                Meta,
                MetaSet,
                Nat,
                Notrack,
                Numgen,
                Opaque,
                Payload,
                Range,
                Redirect,
                Reject,
                Rt,
                TcpOptionSet,
                Xtables {
    /** The kernel's name of this kind of expression ({@code NFTA_EXPR_NAME}), e.g. {@code cmp}. */
    String kind();

    /** Writes the attributes of the expression ({@code NFTA_EXPR_DATA}). */
    void writeTo(MessageWriter writer);
}
