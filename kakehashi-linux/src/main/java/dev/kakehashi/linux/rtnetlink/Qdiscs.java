package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.Payload;

import java.util.Optional;

/** Requests about queueing disciplines. */
public final class Qdiscs {
    static final int TCMSG = 20;
    static final int TCA_KIND = 1;
    static final int TCA_OPTIONS = 2;

    private Qdiscs() {}

    /**
     * Adds a discipline; EEXIST if there is one of ours at that place. Equivalent to: {@code tc
     * qdisc add …}.
     */
    public static NetlinkRequest add(Qdisc qdisc) {
        return change(
                Rtm.NEWQDISC,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL,
                "tc qdisc add",
                qdisc);
    }

    /**
     * Adds a discipline or changes the one at that place. Equivalent to: {@code tc qdisc replace
     * …}.
     */
    public static NetlinkRequest replace(Qdisc qdisc) {
        return change(
                Rtm.NEWQDISC,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_REPLACE,
                "tc qdisc replace",
                qdisc);
    }

    /**
     * Removes a discipline and its filters; the kernel's default one returns. Equivalent to: {@code
     * tc qdisc delete …}.
     */
    public static NetlinkRequest delete(Qdisc qdisc) {
        return change(Rtm.DELQDISC, 0, "tc qdisc delete", qdisc);
    }

    /**
     * Asks for the disciplines of a link, 0 for all links. Equivalent to: {@code tc qdisc show dev
     * $link}.
     */
    public static NetlinkRequest list(int link) {
        return new Request(
                Rtm.GETQDISC,
                0,
                writer -> header(writer, link, 0, 0, 0),
                new Command("tc qdisc show dev index", link));
    }

    private static NetlinkRequest change(int type, int flags, String verb, Qdisc qdisc) {
        return new Request(type, flags, writer -> write(writer, qdisc), new Command(verb, qdisc));
    }

    private static void write(MessageWriter writer, Qdisc qdisc) {
        header(writer, qdisc.link(), qdisc.handle(), qdisc.parent(), 0);
        writer.string(TCA_KIND, qdisc.kind().name());
        if (qdisc.kind() instanceof QdiscKind.Tbf tbf) {
            int options = writer.begin(TCA_OPTIONS);
            TbfCodec.write(writer, tbf);
            writer.end(options);
        }
    }

    /** {@code struct tcmsg}. */
    static void header(MessageWriter writer, int link, int handle, int parent, int info) {
        writer.u8(Rtm.AF_UNSPEC).zeros(3).u32(link).u32(handle).u32(parent).u32(info);
    }

    /**
     * Reads a discipline from a notification or answer; empty for messages about something else.
     */
    public static Optional<Qdisc> decode(NetlinkMessage message) throws MalformedMessageException {
        if (message.type() != Rtm.NEWQDISC && message.type() != Rtm.DELQDISC) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        String name = "";
        Attributes options = Attributes.none();
        Attributes attributes = payload.attributes(TCMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case TCA_KIND -> name = a.string();
                case TCA_OPTIONS -> options = a.nested();
                default -> {}
            }
        }
        QdiscKind kind =
                switch (name) {
                    case QdiscKind.Ingress.NAME -> new QdiscKind.Ingress();
                    case QdiscKind.Clsact.NAME -> new QdiscKind.Clsact();
                    case QdiscKind.Tbf.NAME -> TbfCodec.decode(options);
                    default -> new QdiscKind.Other(name);
                };
        return Optional.of(new Qdisc(payload.u32(4), payload.u32(12), payload.u32(8), kind));
    }
}
