package dev.kakehashi.bench;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.rtnetlink.FdbEntry;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The kinds of kernel objects that node 1 of a {@link NodeBed} keeps: how a foreign hand deletes
 * one, and whether it is there. Node 2 is the peer they lead to.
 */
final class NodeObjects implements AutoCloseable {
    private static final String DEVICE = "flannel.1";
    private static final TableId TABLE = new TableId(Family.INET, "kakehashi");
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final String NO_FORWARDING = "echo 0 > " + FORWARDING;

    private final Netns node;
    private final RtNetlink kernel;
    private final KernelNft nft;

    /** Of a node; the namespace stays the caller's. */
    NodeObjects(Netns node) throws IOException {
        this.node = node;
        this.kernel = RtNetlink.open(node);
        this.nft = KernelNft.open(node);
    }

    /**
     * A kind of object.
     *
     * @param name for people
     * @param deletion a script that deletes one, or fails
     * @param back whether it is there
     */
    record Kind(String name, String deletion, NodeBed.Check back) {}

    /** What a carrier keeps in the kernel. */
    List<Kind> of(String carrier) throws IOException {
        boolean overlay = carrier.equals("vxlan");
        List<Kind> kinds = new ArrayList<>();
        if (overlay) {
            String mac = toPeer().orElseThrow(() -> new IOException("no FDB entry")).mac() + "";
            kinds.add(new Kind("device", "ip link del " + DEVICE, this::hasAllOfDevice));
            kinds.add(
                    new Kind(
                            "device set down", "ip link set flannel.1 down", this::hasAllOfDevice));
            kinds.add(
                    new Kind(
                            "address",
                            "ip addr del 10.244.1.0/32 dev flannel.1",
                            this::hasAddress));
            kinds.add(
                    new Kind(
                            "neighbour",
                            "ip neigh del 10.244.2.0 dev " + DEVICE,
                            this::hasNeighbour));
            kinds.add(
                    new Kind(
                            "FDB entry",
                            "bridge fdb del %s dev %s dst 192.0.2.2".formatted(mac, DEVICE),
                            () -> toPeer().isPresent()));
            kinds.add(
                    new Kind(
                            "nft element",
                            "nft delete element inet kakehashi nodes '{ 192.0.2.2 }'",
                            this::hasElement));
        }
        kinds.add(new Kind("route", "ip route del 10.244.2.0/24", this::hasRoute));
        kinds.add(
                new Kind(
                        "nft table",
                        "nft delete table inet kakehashi",
                        () -> hasChain() && (!overlay || hasElement())));
        kinds.add(
                new Kind(
                        "nft chain",
                        "nft 'flush chain inet kakehashi forward; delete chain inet kakehashi forward'",
                        this::hasChain));
        kinds.add(new Kind("nft rules", "nft flush chain inet kakehashi forward", this::hasChain));
        kinds.add(new Kind("sysctl", NO_FORWARDING, this::forwards));
        return kinds;
    }

    private boolean hasAllOfDevice() throws IOException {
        return hasAddress() && hasNeighbour() && toPeer().isPresent() && hasRoute();
    }

    private Optional<Integer> device() throws IOException {
        return kernel.link(DEVICE).map(Link::index);
    }

    private boolean hasAddress() throws IOException {
        Optional<Integer> device = device();
        return device.isPresent()
                && kernel.addresses(device.get()).stream()
                        .anyMatch(a -> a.prefix().toString().equals("10.244.1.0/32"));
    }

    private boolean hasNeighbour() throws IOException {
        return kernel.neighbours().stream()
                .anyMatch(n -> n.address().getHostAddress().equals("10.244.2.0"));
    }

    private Optional<FdbEntry> toPeer() throws IOException {
        Optional<Integer> device = device();
        if (device.isEmpty()) {
            return Optional.empty();
        }
        return kernel.fdb(device.get()).stream()
                .filter(e ->
                        e.destination()
                                .filter(a -> a.getHostAddress().equals("192.0.2.2"))
                                .isPresent())
                .findAny();
    }

    private boolean hasRoute() throws IOException {
        return kernel.routes(Route.MAIN).stream()
                .anyMatch(r -> r.destination().toString().equals("10.244.2.0/24"));
    }

    private boolean hasChain() throws IOException {
        return nft.rules(TABLE, "forward")
                .flatMap((InstalledTable table) -> table.chain("forward"))
                .filter(chain -> !chain.rules().isEmpty())
                .isPresent();
    }

    private boolean hasElement() throws IOException {
        return nft.set(TABLE, "nodes").filter(set -> !set.elements().isEmpty()).isPresent();
    }

    private boolean forwards() throws IOException {
        return node.<Boolean, IOException>call(
                () -> Files.readString(FORWARDING).strip().equals("1"));
    }

    @Override
    public void close() throws IOException {
        nft.close();
        kernel.close();
    }
}
