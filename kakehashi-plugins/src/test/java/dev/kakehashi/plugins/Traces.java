package dev.kakehashi.plugins;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Qdisc;
import dev.kakehashi.linux.rtnetlink.QdiscKind;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Rule;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What attachments leave on host, in container and on disk: links, addresses, routes, rules, rules
 * of nftables, queues, files.
 */
final class Traces {

    private Traces() {}

    /**
     * All of it, sorted.
     *
     * @param root what the plugins of the bed see of the files
     */
    static List<String> of(PluginBed bed, Path root) throws Exception {
        var _ = bed.linksOnHost();
        List<String> traces = new ArrayList<>();
        for (Netns netns : List.of(bed.host(), bed.container())) {
            try (RtNetlink netlink = RtNetlink.open(netns)) {
                look(netlink, netns == bed.host() ? "host: " : "container: ", traces);
            }
        }
        traces.sort(null);
        rules(bed.onHost("nft", "--stateless", "list", "ruleset"), traces);
        try (Stream<Path> paths = Files.walk(root)) {
            paths.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString())
                    .filter(name -> !name.contains("lock") && !name.contains("last_reserved"))
                    .sorted()
                    .forEach(traces::add);
        }
        return traces;
    }

    /** Rules and elements of attachments; what they share (tables, chains) may stay. */
    private static void rules(String ruleset, List<String> traces) {
        for (String line : (Iterable<String>) ruleset.lines()::iterator) {
            for (String own : List.of("10.1.2.2", "2001:db8:42::2", "CNI-DN-")) {
                if (line.contains(own)) {
                    traces.add(line.strip());
                    break;
                }
            }
        }
    }

    private static void look(RtNetlink netlink, String where, List<String> traces)
            throws IOException {
        for (Link link : netlink.links()) {
            if (link.group() != Ownership.REAP_GROUP
                    && !link.name().startsWith(Ownership.REAP_PREFIX)) {
                traces.add(
                        where
                                + "link "
                                + link.name()
                                + " "
                                + link.mac()
                                + " "
                                + link.mtu()
                                + " "
                                + link.txQueueLength()
                                + " "
                                + link.promiscuity()
                                + " "
                                + link.allMulticasts()
                                + " "
                                + link.isUp()
                                + " "
                                + link.alias()
                                + " "
                                + link.master());
            }
        }
        for (Address address : netlink.addresses()) {
            if (!address.prefix().address().isLinkLocalAddress()) {
                traces.add(where + address.prefix());
            }
        }
        for (Route route : netlink.routes()) {
            InetAddress destination = route.destination().address();
            // The kernel's own for addresses comes with them, at times a moment later.
            if (route.table() != Route.LOCAL
                    && !destination.isLinkLocalAddress()
                    && !destination.isMulticastAddress()) {
                traces.add(where + "route " + route.destination() + " in " + route.table());
            }
        }
        for (Rule rule : netlink.rules()) {
            traces.add(where + rule);
        }
        for (Qdisc qdisc : netlink.qdiscs()) {
            // The limit of what goes to the container goes with the host's end.
            if (qdisc.parent() == Qdisc.ROOT && !(qdisc.kind() instanceof QdiscKind.Tbf)) {
                traces.add(where + "qdisc " + qdisc.kind() + " on " + qdisc.link());
            }
        }
    }
}
