package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.SysNetDevice;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Routing netlink in one namespace: sends requests that {@link Links}, {@link Addresses}, {@link
 * Routes}, {@link Rules}, {@link Neighbours}, {@link Fdb}, {@link BridgeVlans}, {@link Qdiscs} and
 * {@link Filters} make, of any kinds together, and reads lists. What {@link NetlinkSocket} says of
 * threads and of keeping a namespace alive holds here too.
 */
public final class RtNetlink implements AutoCloseable {
    private final NetlinkSocket socket;

    private RtNetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Works in a namespace. */
    public static RtNetlink open(Netns netns) throws LinuxException {
        return new RtNetlink(NetlinkSocket.open(netns, NetlinkProtocol.ROUTE));
    }

    /** Works in the calling thread's namespace. */
    public static RtNetlink open() throws LinuxException {
        return new RtNetlink(NetlinkSocket.open(NetlinkProtocol.ROUTE));
    }

    /** Executes requests in order, in one send; see {@link NetlinkSocket#submit}. */
    public BatchResult submit(List<? extends NetlinkRequest> requests) throws IOException {
        return socket.submit(requests);
    }

    /**
     * Executes requests in order, in one send.
     *
     * @throws NetlinkException the first refusal; the requests after it were executed nevertheless
     */
    public void execute(NetlinkRequest... requests) throws IOException {
        socket.submit(List.of(requests)).orThrow();
    }

    /** As {@link #execute(NetlinkRequest...)}. */
    public void execute(List<? extends NetlinkRequest> requests) throws IOException {
        socket.submit(requests).orThrow();
    }

    /** All links. Equivalent to: {@code ip link show}. */
    public List<Link> links() throws IOException {
        return socket.dump(Links.list(), Links::decode);
    }

    /** The link of a name. Equivalent to: {@code ip link show dev $name}. */
    public Optional<Link> link(String name) throws IOException {
        return link(Links.get(name));
    }

    /** The link of an index. */
    public Optional<Link> link(int index) throws IOException {
        return link(Links.get(index));
    }

    private Optional<Link> link(NetlinkRequest request) throws IOException {
        Optional<NetlinkMessage> found = socket.find(request, Errno.ENODEV);
        return found.isPresent() ? Links.decode(found.get()) : Optional.empty();
    }

    /** As {@link SysNetDevice#mac}, of a link that is surely there. */
    public Optional<MacAddress> mac(String name) throws IOException {
        return SysNetDevice.mac(socket.fd(), name);
    }

    /** All addresses. Equivalent to: {@code ip address show}. */
    public List<Address> addresses() throws IOException {
        return socket.dump(Addresses.list(), Addresses::decode);
    }

    /** The addresses of a link. Equivalent to: {@code ip address show dev $link}. */
    public List<Address> addresses(int link) throws IOException {
        try {
            return socket.dump(Addresses.list(link), Addresses::decode);
        } catch (NetlinkException e) {
            if (e.is(Errno.ENODEV)) {
                return List.of();
            }
            throw e;
        }
    }

    /**
     * The routes of all tables and both families, cached copies left out. Equivalent to: {@code ip
     * route show table all}.
     */
    public List<Route> routes() throws IOException {
        return withoutCached(socket.dump(Routes.list(), Routes::decode));
    }

    /** The routes of a table, both families. Equivalent to: {@code ip route show table $table}. */
    public List<Route> routes(int table) throws IOException {
        try {
            return withoutCached(socket.dump(Routes.listTable(table), Routes::decode));
        } catch (NetlinkException e) {
            if (e.is(Errno.ENOENT)) { // never used
                return List.of();
            }
            throw e;
        }
    }

    /**
     * The default routes of the main table, both families: what is passed over costs little, so
     * that it may be asked often on a node with many routes. Equivalent to: {@code ip route show
     * table main 0/0}.
     */
    public List<Route> defaultRoutes() throws IOException {
        return withoutCached(
                socket.dump(
                        Routes.listTable(Route.MAIN),
                        message ->
                                Routes.isDefault(message)
                                        ? Routes.decode(message)
                                        : Optional.empty()));
    }

    private static List<Route> withoutCached(List<Route> routes) {
        List<Route> own = new ArrayList<>(routes.size());
        for (Route route : routes) {
            if (!route.isCached()) {
                own.add(route);
            }
        }
        return own;
    }

    /**
     * The way the kernel would send a packet to an address. Equivalent to: {@code ip route get
     * $address}.
     *
     * @throws NetlinkException ENETUNREACH or EHOSTUNREACH when there is none
     */
    public Route lookup(InetAddress destination) throws IOException {
        return Routes.decode(socket.get(Routes.lookup(destination))).orElseThrow();
    }

    /** The rules of both families. Equivalent to: {@code ip rule show}, {@code ip -6 rule show}. */
    public List<Rule> rules() throws IOException {
        return socket.dump(Rules.list(), Rules::decode);
    }

    /**
     * The ARP and NDP entries, proxies among them. Equivalent to: {@code ip neighbour show nud
     * all}.
     */
    public List<Neighbour> neighbours() throws IOException {
        List<Neighbour> all = new ArrayList<>(socket.dump(Neighbours.list(), Neighbours::decode));
        all.addAll(proxyNeighbours());
        return all;
    }

    /** The addresses that links answer for. Equivalent to: {@code ip neighbour show proxy}. */
    public List<Neighbour> proxyNeighbours() throws IOException {
        return socket.dump(Neighbours.listProxies(), Neighbours::decode);
    }

    /** The entries of all forwarding databases. Equivalent to: {@code bridge fdb show}. */
    public List<FdbEntry> fdb() throws IOException {
        return socket.dump(Fdb.list(), Fdb::decode);
    }

    /** The entries of a device or port. Equivalent to: {@code bridge fdb show dev $link}. */
    public List<FdbEntry> fdb(int link) throws IOException {
        return socket.dump(Fdb.list(link), Fdb::decode);
    }

    /** The VLANs of all bridge ports. Equivalent to: {@code bridge vlan show}. */
    public List<BridgePortVlans> bridgeVlans() throws IOException {
        return socket.dump(BridgeVlans.list(), BridgeVlans::decode);
    }

    /** The queueing disciplines of all links. Equivalent to: {@code tc qdisc show}. */
    public List<Qdisc> qdiscs() throws IOException {
        return socket.dump(Qdiscs.list(0), Qdiscs::decode);
    }

    /** The queueing disciplines of a link. Equivalent to: {@code tc qdisc show dev $link}. */
    public List<Qdisc> qdiscs(int link) throws IOException {
        List<Qdisc> own = new ArrayList<>();
        for (Qdisc qdisc : socket.dump(Qdiscs.list(link), Qdiscs::decode)) {
            if (qdisc.link() == link) { // older kernels list all
                own.add(qdisc);
            }
        }
        return own;
    }

    /**
     * The filters of a discipline. Equivalent to: {@code tc filter show dev $link parent $parent}.
     */
    public List<Filter> filters(int link, int parent) throws IOException {
        return socket.dump(Filters.list(link, parent), Filters::decode);
    }

    /** The number that this namespace has for another. */
    public OptionalInt netnsId(Fd other) throws IOException {
        return NetnsIds.decode(socket.get(NetnsIds.get(other)));
    }

    /** The socket, for what is not covered here. */
    public NetlinkSocket socket() {
        return socket;
    }

    @Override
    public void close() {
        socket.close();
    }

    @Override
    public String toString() {
        return socket.toString();
    }
}
