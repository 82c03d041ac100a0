package dev.kakehashi.agent.adopt;

import dev.kakehashi.cluster.carrier.DeviceNames;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of Flannel changes hands without a packet lost: nothing is made anew, everything that
 * carries packets gets the mark of whose it is from now on. The agent that starts then finds all as
 * it wants it, and keeps it. Giving back takes the marks away, and our nftables table; Flannel
 * takes up what it finds.
 *
 * <p>Bridge, pods, their files and their CNI configuration stay as they are in both directions: our
 * plugins {@code flannel}, {@code bridge} and {@code host-local} understand those of the originals.
 */
public final class FlannelAdoption {
    /** As Flannel's objects say of themselves: iproute2's for what is made by hand. */
    private static final int FOREIGN = Route.RTPROT_BOOT;

    private final FlannelFiles files;
    private final FlannelNode node;
    private final List<Marking> markings;
    private final Optional<String> network;

    private FlannelAdoption(
            FlannelFiles files,
            FlannelNode node,
            List<Marking> markings,
            Optional<String> network) {
        this.files = files;
        this.node = node;
        this.markings = markings;
        this.network = network;
    }

    /**
     * What taking over this node would do.
     *
     * @param kernel reads in the node's namespace
     * @param network name of the Network that the node will be in
     * @throws IOException when Flannel has not been here, its back end cannot be taken over, or the
     *     kernel cannot be read
     */
    public static FlannelAdoption plan(FlannelFiles files, RtNetlink kernel, String network)
            throws IOException {
        FlannelNode node = FlannelNode.of(files.subnets(), kernel);
        List<Marking> markings = mark(node, ownerAlias(network), Ownership.PROTOCOL);
        if (!node.flannelsTunnels().isEmpty() && node.ourTunnels().isEmpty()) {
            throw new IOException(
                    "this node's back end is wireguard, whose device "
                            + node.flannelsTunnels().getFirst().name()
                            + " flanneld removes when it ends: start the agent of this node while"
                            + " flanneld runs, it makes "
                            + DeviceNames.WIREGUARD
                            + " beside; when the agent is ready"
                            + " (/readyz), end flanneld, and nothing else is to be done");
        }
        node.flannelsTunnels().forEach(tunnel -> markings.add(removal(tunnel)));
        return new FlannelAdoption(files, node, markings, Optional.of(network));
    }

    /**
     * What giving this node back to Flannel would do.
     *
     * @throws IOException as of {@link #plan}
     */
    public static FlannelAdoption planUndo(FlannelFiles files, RtNetlink kernel)
            throws IOException {
        FlannelNode node = FlannelNode.of(files.subnets(), kernel);
        List<Marking> markings = mark(node, "", FOREIGN);
        if (!node.ourTunnels().isEmpty() && node.flannelsTunnels().isEmpty()) {
            throw new IOException(
                    "this node sends by "
                            + DeviceNames.WIREGUARD
                            + ": start flanneld, which makes its own device, and"
                            + " then give the node back");
        }
        node.ourTunnels().forEach(tunnel -> markings.add(removal(tunnel)));
        return new FlannelAdoption(files, node, markings, Optional.empty());
    }

    /** With a device go its routes, and packets take those of the other one. */
    private static Marking removal(Link tunnel) {
        return new Marking("ip link delete " + tunnel.name(), Links.delete(tunnel.index()));
    }

    private static String ownerAlias(String network) {
        return Ownership.alias("network/" + network);
    }

    private static List<Marking> mark(FlannelNode node, String alias, int protocol) {
        List<Marking> markings = new ArrayList<>();
        for (Link device : node.devices()) {
            if (!device.alias().equals(alias)) {
                markings.add(link(device, alias));
            }
        }
        boolean ours = protocol == Ownership.PROTOCOL;
        for (Address address : node.addresses()) {
            int wanted = ours ? protocol : 0;
            if (address.protocol() != wanted) {
                markings.add(address(node, address, wanted));
            }
        }
        for (Neighbour neighbour : node.neighbours()) {
            if ((neighbour.protocol() == Ownership.PROTOCOL) != ours) {
                markings.add(neighbour(node, neighbour, protocol));
            }
        }
        for (Route route : node.routes()) {
            if ((route.protocol() == Ownership.PROTOCOL) != ours) {
                markings.add(route(node, route, protocol));
            }
        }
        return markings;
    }

    private static Marking link(Link device, String alias) {
        return new Marking(
                "ip link set " + device.name() + " alias '" + alias + "'",
                Links.change(device.index(), LinkSpec.builder().alias(alias).build()));
    }

    private static Marking address(FlannelNode node, Address address, int protocol) {
        return new Marking(
                "ip address replace "
                        + address.prefix()
                        + " dev "
                        + node.nameOf(address.link())
                        + (protocol == 0 ? "" : " proto " + protocol),
                Addresses.replace(address.withProtocol(protocol)));
    }

    private static Marking neighbour(FlannelNode node, Neighbour neighbour, int protocol) {
        return new Marking(
                "ip neighbour replace "
                        + IpAddresses.format(neighbour.address())
                        + " lladdr "
                        + neighbour.mac().orElseThrow()
                        + " dev "
                        + node.nameOf(neighbour.link())
                        + " nud permanent protocol "
                        + protocol,
                Neighbours.replace(neighbour.withProtocol(protocol)));
    }

    private static Marking route(FlannelNode node, Route route, int protocol) {
        var hop = route.nextHops().getFirst();
        IpPrefix to = route.destination();
        NetlinkRequest replace = Routes.replace(route.withProtocol(protocol));
        return new Marking(
                "ip route replace "
                        + to
                        + hop.gateway().map(via -> " via " + IpAddresses.format(via)).orElse("")
                        + " dev "
                        + node.nameOf(hop.link())
                        + (hop.isOnlink() ? " onlink" : "")
                        + " proto "
                        + protocol,
                replace);
    }

    /**
     * What was found, in lines for people.
     *
     * @throws IOException when the files of pods cannot be read
     */
    public List<String> found() throws IOException {
        List<String> lines = node.describe(files);
        if (network.isPresent()) {
            lines.addAll(files.adviceFor(network.get()));
        }
        return lines;
    }

    /** What would be done, as commands. */
    public List<String> commands() {
        List<String> commands = new ArrayList<>();
        markings.forEach(marking -> commands.add(marking.command()));
        if (network.isEmpty()) {
            commands.add("nft destroy table inet " + Ownership.NFT_TABLE);
        }
        return commands;
    }

    /**
     * Does it. Each step by itself leaves traffic as it is, so that one that fails can be followed
     * by another attempt.
     *
     * @param host the node's namespace
     * @throws IOException naming the step that failed
     */
    public void run(Netns host, RtNetlink kernel) throws IOException {
        for (Marking marking : markings) {
            try {
                kernel.execute(marking.request());
            } catch (IOException e) {
                throw new IOException(marking.command() + ": " + e.getMessage(), e);
            }
        }
        if (network.isEmpty()) {
            removeRules(host);
        }
    }

    private static void removeRules(Netns host) throws IOException {
        TableId table = new TableId(Family.INET, Ownership.NFT_TABLE);
        try (KernelNft nft = KernelNft.open(host)) {
            if (nft.tables().contains(table)) {
                nft.apply(NftTransaction.builder().deleteTable(table).build());
            }
        }
    }
}
