package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.Payload;

import java.nio.ByteOrder;
import java.util.Optional;

/** Requests about filters of traffic control. */
public final class Filters {
    private static final int TCA_BPF_FD = 6;
    private static final int TCA_BPF_NAME = 7;
    private static final int TCA_BPF_FLAGS = 8;
    private static final int TCA_BPF_FLAG_ACT_DIRECT = 1;

    private Filters() {}

    /** Adds a filter. Equivalent to: {@code tc filter add …}. */
    public static NetlinkRequest add(Filter filter) {
        return change(
                Rtm.NEWTFILTER,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL,
                "tc filter add",
                filter);
    }

    /**
     * Adds a filter or puts it in the place of the one of that priority and handle. Equivalent to:
     * {@code tc filter replace …}.
     */
    public static NetlinkRequest replace(Filter filter) {
        return change(Rtm.NEWTFILTER, NetlinkMessage.NLM_F_CREATE, "tc filter replace", filter);
    }

    /**
     * Removes the filter of that priority and handle, handle 0: all of the priority. Equivalent to:
     * {@code tc filter delete …}.
     */
    public static NetlinkRequest delete(Filter filter) {
        return new Request(
                Rtm.DELTFILTER,
                0,
                writer -> {
                    header(writer, filter);
                    writer.string(Qdiscs.TCA_KIND, filter.kind().name());
                },
                new Command("tc filter delete", filter));
    }

    /**
     * Asks for the filters of a discipline. Equivalent to: {@code tc filter show dev $link parent
     * $parent}.
     */
    public static NetlinkRequest list(int link, int parent) {
        return new Request(
                Rtm.GETTFILTER,
                0,
                writer -> Qdiscs.header(writer, link, 0, parent, 0),
                new Command("tc filter show parent " + Qdisc.handle(parent) + " dev index", link));
    }

    private static NetlinkRequest change(int type, int flags, String verb, Filter filter) {
        return new Request(type, flags, writer -> write(writer, filter), new Command(verb, filter));
    }

    private static void header(MessageWriter writer, Filter filter) {
        int info = filter.priority() << 16 | networkOrder(filter.protocol());
        Qdiscs.header(writer, filter.link(), filter.handle(), filter.parent(), info);
    }

    private static void write(MessageWriter writer, Filter filter) {
        header(writer, filter);
        writer.string(Qdiscs.TCA_KIND, filter.kind().name());
        int options = writer.begin(Qdiscs.TCA_OPTIONS);
        switch (filter.kind()) {
            case FilterKind.MatchAll all -> U32Codec.write(writer, all);
            case FilterKind.MatchSubnet subnet -> U32Codec.write(writer, subnet);
            case FilterKind.Bpf bpf -> {
                bpf.program().ifPresent(fd -> writer.u32(TCA_BPF_FD, fd.number()));
                writer.string(TCA_BPF_NAME, bpf.programName());
                writer.u32(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
            }
            case FilterKind.Other other ->
                    throw new IllegalArgumentException("cannot make a filter of kind " + other);
        }
        writer.end(options);
    }

    /** Reads a filter from a notification or answer; empty for messages about something else. */
    public static Optional<Filter> decode(NetlinkMessage message) throws MalformedMessageException {
        if (message.type() != Rtm.NEWTFILTER && message.type() != Rtm.DELTFILTER) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        String name = "";
        Attributes options = Attributes.none();
        Attributes attributes = payload.attributes(Qdiscs.TCMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case Qdiscs.TCA_KIND -> name = a.string();
                case Qdiscs.TCA_OPTIONS -> options = a.nested();
                default -> {}
            }
        }
        int info = payload.u32(16);
        int protocol = networkOrder(info & 0xffff);
        FilterKind kind =
                switch (name) {
                    case FilterKind.MatchAll.NAME -> U32Codec.decode(options, protocol);
                    case FilterKind.Bpf.NAME -> bpf(options);
                    default -> new FilterKind.Other(name);
                };
        return Optional.of(
                new Filter(
                        payload.u32(4),
                        payload.u32(12),
                        info >>> 16,
                        protocol,
                        payload.u32(8),
                        kind));
    }

    private static FilterKind bpf(Attributes options) throws MalformedMessageException {
        String program = "";
        while (options.next()) {
            if (options.attribute().type() == TCA_BPF_NAME) {
                program = options.attribute().string();
            }
        }
        return new FilterKind.Bpf(Optional.empty(), program);
    }

    private static int networkOrder(int protocol) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                ? protocol
                : Short.toUnsignedInt(Short.reverseBytes((short) protocol));
    }
}
