package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.ObjectName;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.yaml.JsonText;
import dev.kakehashi.linux.file.AtomicFile;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@link LastView} on disk: a line that says of which node and network it is, a line for each
 * object, as etcd would have it, and a line with the SHA-256 of all lines before, which a file that
 * is cut off does not have. The time of its last modification is when it was last known to hold.
 * Written and read object by object: it may be of thousands of nodes.
 */
final class LastViewFile {
    /** Of the file as a whole; objects say their own versions. */
    static final long FORMAT = 1;

    private static final int OWNER_ONLY = 0600;
    private static final String NAME = "last-view";
    private static final String FORMAT_FIELD = "lastView";
    private static final String NODE_FIELD = "node";
    private static final String NETWORK_FIELD = "network";
    private static final String SUM_FIELD = "sha256";

    private final Path file;

    private LastViewFile(Path file) {
        this.file = file;
    }

    /** In a node's state directory. */
    static LastViewFile in(Path stateDirectory) {
        return new LastViewFile(stateDirectory.resolve(NAME));
    }

    /** Writes a view, for the one process of the node that does. */
    void write(LastView view) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        AtomicFile.removeLeftovers(file);
        AtomicFile.write(file, OWNER_ONLY, out -> write(view, new SummedLines(out)));
    }

    private static void write(LastView view, SummedLines lines) throws IOException {
        lines.add(
                JsonText.write(
                        Map.of(
                                FORMAT_FIELD, FORMAT,
                                NODE_FIELD, view.node(),
                                NETWORK_FIELD, view.network().name())));
        lines.add(Kind.NETWORK, view.network());
        for (Node node : view.cluster().nodes()) {
            // A node of Flannel that has an IPv6 address only is named as no Node can be.
            if (ObjectName.problemOf(node.name()).isEmpty()) {
                lines.add(Kind.NODE, node.seenBy(""));
            }
        }
        for (IpBlockSpec block : view.cluster().blocks()) {
            lines.add(Kind.IP_BLOCK, IpBlock.of(block));
        }
        for (IpPool pool : view.cluster().pools()) {
            lines.add(Kind.IP_POOL, pool);
        }
        for (BgpPeer peer : view.peers()) {
            lines.add(Kind.BGP_PEER, peer);
        }
        lines.end();
    }

    /** Says that what was written holds now. */
    void confirm(Instant now) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(now));
    }

    /**
     * When it was last known to hold.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     */
    Instant confirmed() throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    /**
     * Reads the view of a node.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     * @throws IOException when it cannot be read, is not whole, or is of another node, network or
     *     release
     */
    LastView read(String node, String network) throws IOException {
        MessageDigest sum = sha256();
        Found found = new Found();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            byte[] line = line(in);
            checkHead(JsonText.parse(NAME, line).fields(), node, network);
            for (Tree tree = Tree.empty(); ; found.add(tree)) {
                sum.update(line);
                sum.update((byte) '\n');
                line = line(in);
                tree = JsonText.parse(NAME, line);
                if (tree.fields().get(SUM_FIELD) instanceof String text) {
                    if (!text.equals(HexFormat.of().formatHex(sum.digest())) || in.read() >= 0) {
                        throw new IOException(file + " is damaged: its sum is another");
                    }
                    return found.view(node);
                }
            }
        } catch (InvalidObjectException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private void checkHead(Map<String, Object> head, String node, String network)
            throws IOException {
        if (!(head.get(FORMAT_FIELD) instanceof Long format)) {
            throw new IOException(file + " is no view of a node");
        }
        if (format != FORMAT) {
            throw new IOException(
                    file + " has the format " + format + " of another release, not " + FORMAT);
        }
        if (!node.equals(head.get(NODE_FIELD)) || !network.equals(head.get(NETWORK_FIELD))) {
            throw new IOException(
                    "%s is of node %s and Network %s, not of %s and %s"
                            .formatted(
                                    file,
                                    head.get(NODE_FIELD),
                                    head.get(NETWORK_FIELD),
                                    node,
                                    network));
        }
    }

    private byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0 || line.size() == ObjectValue.MAX_OCTETS) {
                throw new IOException(file + " is damaged: it is cut off, or has too long a line");
            }
            line.write(octet);
        }
        return line.toByteArray();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** Writes lines, and their sum at the end. */
    private static final class SummedLines {
        private final OutputStream out;
        private final MessageDigest sum = sha256();

        SummedLines(OutputStream out) {
            this.out = out;
        }

        <T extends ClusterObject> void add(Kind<T> kind, T object) throws IOException {
            add(JsonText.write(kind.encode(object)));
        }

        void add(byte[] line) throws IOException {
            sum.update(line);
            sum.update((byte) '\n');
            out.write(line);
            out.write('\n');
        }

        void end() throws IOException {
            add(JsonText.write(Map.of(SUM_FIELD, HexFormat.of().formatHex(sum.digest()))));
        }
    }

    /** The objects that were read. */
    private static final class Found {
        private Optional<Network> network = Optional.empty();
        private final List<Node> nodes = new ArrayList<>();
        private final List<IpBlockSpec> blocks = new ArrayList<>();
        private final List<IpPool> pools = new ArrayList<>();
        private final List<BgpPeer> peers = new ArrayList<>();

        void add(Tree tree) throws InvalidObjectException {
            String kind = String.valueOf(tree.fields().get("kind"));
            if (kind.equals(Kind.NODE.singular())) {
                nodes.add(decode(Kind.NODE, tree).seenBy(""));
            } else if (kind.equals(Kind.IP_BLOCK.singular())) {
                blocks.add(decode(Kind.IP_BLOCK, tree).spec());
            } else if (kind.equals(Kind.IP_POOL.singular())) {
                pools.add(decode(Kind.IP_POOL, tree));
            } else if (kind.equals(Kind.BGP_PEER.singular())) {
                peers.add(decode(Kind.BGP_PEER, tree));
            } else {
                network = Optional.of(decode(Kind.NETWORK, tree)); // says what else is wrong
            }
        }

        private static <T extends ClusterObject> T decode(Kind<T> kind, Tree tree)
                throws InvalidObjectException {
            return kind.decode(NAME, tree, Map.of()).object();
        }

        LastView view(String node) throws IOException {
            LastView view =
                    new LastView(
                            node,
                            network.orElseThrow(() -> new IOException(NAME + " has no Network")),
                            new ClusterState(nodes, blocks, pools),
                            peers);
            if (view.own().isEmpty()) {
                throw new IOException(NAME + " has no Node " + node);
            }
            return view;
        }
    }
}
