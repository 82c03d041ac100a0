package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.Payload;

import java.util.Optional;

/**
 * {@code TCA_U32_*} of linux/pkt_cls.h with the action {@code mirred} of linux/tc_act/tc_mirred.h.
 */
final class U32Codec {
    private static final int TCA_U32_SEL = 5;
    private static final int TCA_U32_ACT = 7;
    private static final int TC_U32_TERMINAL = 1;
    private static final int TC_U32_KEY = 16;
    private static final int SEL_KEYS = 16;

    private static final int TCA_ACT_KIND = 1;
    private static final int TCA_ACT_OPTIONS = 2;
    private static final int TCA_MIRRED_PARMS = 2;
    private static final int TCA_EGRESS_REDIR = 1;
    private static final int TCA_EGRESS_MIRROR = 2;
    private static final int TC_ACT_PIPE = 3;
    private static final int TC_ACT_STOLEN = 4;
    private static final int MIRRED_EACTION = 20;
    private static final int MIRRED_IFINDEX = 24;
    private static final String MIRRED = "mirred";

    private U32Codec() {}

    static void write(MessageWriter writer, FilterKind.MatchAll all) {
        int selector = writer.beginUnmarked(TCA_U32_SEL);
        // struct tc_u32_sel with one struct tc_u32_key whose mask lets everything match.
        writer.u8(TC_U32_TERMINAL).u8(0).u8(1).zeros(SEL_KEYS - 3 + TC_U32_KEY);
        writer.end(selector);
        writeAction(writer, all.mirred());
    }

    /** Without an action a match is the end of the search, and the packet goes on. */
    static void write(MessageWriter writer, FilterKind.MatchSubnet subnet) {
        U32Keys.write(writer, TCA_U32_SEL, subnet);
        subnet.mirred().ifPresent(mirred -> writeAction(writer, mirred));
    }

    private static void writeAction(MessageWriter writer, FilterKind.Mirred mirred) {
        int actions = writer.begin(TCA_U32_ACT);
        int first = writer.begin(1);
        writer.string(TCA_ACT_KIND, MIRRED);
        int options = writer.begin(TCA_ACT_OPTIONS);
        writeMirred(writer, mirred);
        writer.end(options);
        writer.end(first);
        writer.end(actions);
    }

    /**
     * {@code struct tc_mirred}: index, capabilities, what follows, two counters, what to do, link.
     */
    private static void writeMirred(MessageWriter writer, FilterKind.Mirred mirred) {
        int parms = writer.beginUnmarked(TCA_MIRRED_PARMS);
        writer.u32(0).u32(0).u32(mirred.redirect() ? TC_ACT_STOLEN : TC_ACT_PIPE).u32(0).u32(0);
        writer.u32(mirred.redirect() ? TCA_EGRESS_REDIR : TCA_EGRESS_MIRROR);
        writer.u32(mirred.link());
        writer.end(parms);
    }

    /**
     * Anything but what is written here is {@link FilterKind.Other}.
     *
     * @param protocol of the filter, which says what its keys are about
     */
    static FilterKind decode(Attributes options, int protocol) throws MalformedMessageException {
        Optional<Payload> selector = Optional.empty();
        boolean acts = false;
        Optional<FilterKind.Mirred> mirred = Optional.empty();
        while (options.next()) {
            Attribute a = options.attribute();
            switch (a.type()) {
                case TCA_U32_SEL -> selector = Optional.of(a.payload());
                case TCA_U32_ACT -> {
                    acts = true;
                    mirred = firstMirred(a.nested());
                }
                default -> {}
            }
        }
        FilterKind other = new FilterKind.Other(FilterKind.MatchAll.NAME);
        if (selector.isEmpty() || acts != mirred.isPresent()) {
            return other;
        }
        if (protocol == Filter.IPV4 || protocol == Filter.IPV6) {
            return U32Keys.read(selector.get(), protocol == Filter.IPV4, mirred).orElse(other);
        }
        return mirred.isPresent() && U32Keys.matchAll(selector.get())
                ? new FilterKind.MatchAll(mirred.get())
                : other;
    }

    private static Optional<FilterKind.Mirred> firstMirred(Attributes actions)
            throws MalformedMessageException {
        if (!actions.next()) {
            return Optional.empty();
        }
        String kind = "";
        Attributes options = Attributes.none();
        Attributes action = actions.attribute().nested();
        while (action.next()) {
            Attribute a = action.attribute();
            switch (a.type()) {
                case TCA_ACT_KIND -> kind = a.string();
                case TCA_ACT_OPTIONS -> options = a.nested();
                default -> {}
            }
        }
        while (kind.equals(MIRRED) && options.next()) {
            if (options.attribute().type() == TCA_MIRRED_PARMS) {
                Payload parms = options.attribute().payload();
                boolean redirect = parms.u32(MIRRED_EACTION) == TCA_EGRESS_REDIR;
                return Optional.of(new FilterKind.Mirred(parms.u32(MIRRED_IFINDEX), redirect));
            }
        }
        return Optional.empty();
    }
}
