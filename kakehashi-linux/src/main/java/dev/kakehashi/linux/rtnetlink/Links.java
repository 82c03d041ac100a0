package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests about links. */
public final class Links {
    private static final int CREATE = NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL;

    private Links() {}

    /**
     * Makes a link; EEXIST if there is one of that name or index. What the kernel ignores or
     * refuses in this message (alias, bridge port, address generation, IPv4 settings) is left out:
     * see {@link #creation}. Equivalent to: {@code ip link add …}.
     */
    public static NetlinkRequest create(LinkSpec spec) {
        LinkSpec now = withoutDetails(spec);
        return newLink(CREATE, 0, now, new Command("ip link add", now));
    }

    /**
     * The messages that make a link with everything that is asked for, to be sent in one batch: the
     * second, if there is one, sets what the kernel ignores or refuses while it makes a link. They
     * find it by its index or name, so a link that is made in another namespace can have none of
     * these.
     */
    public static List<NetlinkRequest> creation(LinkSpec spec) {
        List<NetlinkRequest> requests = new ArrayList<>(2);
        requests.add(create(spec));
        if (hasDetails(spec)) {
            if (spec.netns().isPresent()) {
                throw new IllegalArgumentException(
                        "a link made in another namespace gets its details there:" + spec);
            }
            LinkSpec details = details(spec);
            requests.add(
                    spec.index().isPresent()
                            ? change(spec.index().getAsInt(), details)
                            : change(spec.name().orElseThrow(), details));
        }
        return requests;
    }

    /** Changes a link; its name, if given, is the new one. Equivalent to: {@code ip link set …}. */
    public static NetlinkRequest change(int index, LinkSpec changes) {
        return newLink(0, index, changes, new Command("ip link set index " + index, changes));
    }

    /**
     * Changes the link of a name, which stays its name. Equivalent to: {@code ip link set dev $name
     * …}.
     */
    public static NetlinkRequest change(String name, LinkSpec changes) {
        if (changes.name().isPresent()) {
            throw new IllegalArgumentException("a link is renamed by its index");
        }
        Command command = new Command("ip link set dev " + name, changes);
        return new Request(
                Rtm.NEWLINK,
                0,
                writer -> {
                    LinkCodec.writeHeader(writer, changes, 0);
                    writer.string(LinkCodec.IFLA_IFNAME, name);
                    LinkCodec.writeAttributes(writer, changes, false);
                },
                command);
    }

    /**
     * Removes a link, of a veth both ends. The kernel waits for a grace period of some milliseconds
     * in each call. Equivalent to: {@code ip link delete}.
     */
    public static NetlinkRequest delete(int index) {
        return new Request(
                Rtm.DELLINK,
                0,
                writer -> LinkCodec.writeHeader(writer, Rtm.AF_UNSPEC, index, 0, 0),
                new Command("ip link delete index", index));
    }

    /** Removes the link of a name. Equivalent to: {@code ip link delete dev $name}. */
    public static NetlinkRequest delete(String name) {
        return new Request(
                Rtm.DELLINK,
                0,
                writer -> {
                    LinkCodec.writeHeader(writer, Rtm.AF_UNSPEC, 0, 0, 0);
                    writer.string(LinkCodec.IFLA_IFNAME, name);
                },
                new Command("ip link delete dev", name));
    }

    /**
     * Removes all links of a group together, in one grace period for all; ENODEV if there is none.
     * Equivalent to: {@code ip link delete group $group}.
     *
     * @param group not 0, which is every link's default
     */
    public static NetlinkRequest deleteGroup(int group) {
        if (group == 0) {
            throw new IllegalArgumentException("group 0 is all links that are in no other");
        }
        return new Request(
                Rtm.DELLINK,
                0,
                writer -> {
                    LinkCodec.writeHeader(writer, Rtm.AF_UNSPEC, 0, 0, 0);
                    writer.u32(LinkCodec.IFLA_GROUP, group);
                },
                new Command("ip link delete group", group));
    }

    /** Asks for the link of an index. Equivalent to: {@code ip link show}. */
    public static NetlinkRequest get(int index) {
        return new Request(
                Rtm.GETLINK,
                0,
                writer -> {
                    LinkCodec.writeHeader(writer, Rtm.AF_UNSPEC, index, 0, 0);
                    writer.u32(LinkCodec.IFLA_EXT_MASK, LinkCodec.RTEXT_FILTER_SKIP_STATS);
                },
                new Command("ip link show index", index));
    }

    /** Asks for the link of a name. Equivalent to: {@code ip link show dev $name}. */
    public static NetlinkRequest get(String name) {
        return new Request(
                Rtm.GETLINK,
                0,
                writer -> {
                    LinkCodec.writeHeader(writer, Rtm.AF_UNSPEC, 0, 0, 0);
                    writer.u32(LinkCodec.IFLA_EXT_MASK, LinkCodec.RTEXT_FILTER_SKIP_STATS);
                    writer.string(LinkCodec.IFLA_IFNAME, name);
                },
                new Command("ip link show dev", name));
    }

    /** Asks for all links. Equivalent to: {@code ip link show}. */
    public static NetlinkRequest list() {
        return get(0);
    }

    /** Reads a link from a notification or answer; empty for messages about something else. */
    public static Optional<Link> decode(NetlinkMessage message) throws MalformedMessageException {
        return LinkDecoder.decode(message);
    }

    private static NetlinkRequest newLink(int flags, int index, LinkSpec spec, Command command) {
        return new Request(
                Rtm.NEWLINK,
                flags,
                writer -> {
                    LinkCodec.writeHeader(writer, spec, index);
                    LinkCodec.writeAttributes(writer, spec, flags != 0);
                },
                command);
    }

    private static boolean hasDetails(LinkSpec spec) {
        return spec.alias().isPresent()
                || spec.bridgePort().isPresent()
                || spec.addrGenMode().isPresent()
                || !spec.ipv4().isEmpty();
    }

    private static LinkSpec details(LinkSpec spec) {
        LinkSpec none = LinkSpec.builder().build();
        return new LinkSpec(
                none.name(),
                none.index(),
                none.kind(),
                none.parent(),
                none.parentNetnsId(),
                none.master(),
                none.netns(),
                none.mac(),
                none.mtu(),
                none.txQueueLength(),
                none.txQueues(),
                none.rxQueues(),
                none.group(),
                spec.alias(),
                none.up(),
                none.promiscuous(),
                none.allMulticast(),
                none.arp(),
                spec.bridgePort(),
                spec.addrGenMode(),
                spec.ipv4());
    }

    private static LinkSpec withoutDetails(LinkSpec spec) {
        if (!hasDetails(spec)) {
            return spec;
        }
        return new LinkSpec(
                spec.name(),
                spec.index(),
                spec.kind(),
                spec.parent(),
                spec.parentNetnsId(),
                spec.master(),
                spec.netns(),
                spec.mac(),
                spec.mtu(),
                spec.txQueueLength(),
                spec.txQueues(),
                spec.rxQueues(),
                spec.group(),
                Optional.empty(),
                spec.up(),
                spec.promiscuous(),
                spec.allMulticast(),
                spec.arp(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }
}
