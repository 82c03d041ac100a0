package dev.kakehashi.cluster;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A kind of object: its names in the API, and how it is read from a tree and written into one.
 *
 * @param <T> the type of its objects
 */
public final class Kind<T extends ClusterObject> {
    /** {@code v1 Node}. */
    public static final Kind<Node> NODE = new Kind<>("v1", "Node", "nodes", new NodeCodec());

    /** {@code kakehashi.dev/v1alpha1 Network}. */
    public static final Kind<Network> NETWORK =
            new Kind<>("kakehashi.dev/v1alpha1", "Network", "networks", new NetworkCodec());

    /** {@code coordination.k8s.io/v1 Lease}. */
    public static final Kind<Lease> LEASE =
            new Kind<>("coordination.k8s.io/v1", "Lease", "leases", new LeaseCodec());

    /** {@code kakehashi.dev/v1alpha1 IPPool}. */
    public static final Kind<IpPool> IP_POOL =
            new Kind<>("kakehashi.dev/v1alpha1", "IPPool", "ippools", new IpPoolCodec());

    /** {@code kakehashi.dev/v1alpha1 IPBlock}. */
    public static final Kind<IpBlock> IP_BLOCK = blocks(_ -> true);

    /** {@code kakehashi.dev/v1alpha1 BGPPeer}. */
    public static final Kind<BgpPeer> BGP_PEER =
            new Kind<>("kakehashi.dev/v1alpha1", "BGPPeer", "bgppeers", new BgpPeerCodec());

    /** {@code v1 Namespace}: read in Kubernetes, and nowhere written. */
    public static final Kind<Namespace> NAMESPACE =
            new Kind<>("v1", "Namespace", "namespaces", new NamespaceCodec());

    /** Every kind that we write. */
    public static final List<Kind<?>> ALL =
            List.of(NODE, NETWORK, IP_POOL, IP_BLOCK, BGP_PEER, LEASE);

    /** Reads and writes what is particular to a kind. */
    interface Codec<T> {
        /** Reads the object; problems go into {@code fields}, the value is then not used. */
        T decode(Metadata metadata, Fields fields, Tree origin);

        /** Sets the typed fields over what {@code tree} holds. */
        void encode(T object, TreeEditor tree);
    }

    /**
     * An object as it was read.
     *
     * @param object the object
     * @param warnings fields that have no effect
     * @param <T> its type
     */
    public record Decoded<T>(T object, List<Problem> warnings) {
        /** Copies the warnings. */
        public Decoded {
            warnings = List.copyOf(warnings);
        }
    }

    private final String apiVersion;
    private final String singular;
    private final String plural;
    private final Codec<T> codec;
    private final UnaryOperator<T> reader;

    private Kind(String apiVersion, String singular, String plural, Codec<T> codec) {
        this(apiVersion, singular, plural, codec, UnaryOperator.identity());
    }

    private Kind(
            String apiVersion,
            String singular,
            String plural,
            Codec<T> codec,
            UnaryOperator<T> reader) {
        this.apiVersion = apiVersion;
        this.singular = singular;
        this.plural = plural;
        this.codec = codec;
        this.reader = reader;
    }

    /**
     * The same kind for a reader who keeps many objects and needs a part of each: what it does not
     * need is gone before the next object is read. A store may show whole objects all the same.
     * What was read so must not be written.
     *
     * @param part the object without what is not needed
     */
    public Kind<T> keeping(UnaryOperator<T> part) {
        return new Kind<>(apiVersion, singular, plural, codec, part);
    }

    /**
     * IPBlocks for a reader of thousands: of those that he does not need whole he is shown whose
     * they are, and what is in use of them is not even read. Such a part must not be written. A
     * store may show whole objects all the same.
     *
     * @param whole which are needed whole
     */
    public static Kind<IpBlock> blocks(Predicate<IpBlockSpec> whole) {
        return new Kind<>("kakehashi.dev/v1alpha1", "IPBlock", "ipblocks", new IpBlockCodec(whole));
    }

    /** Group and version, {@code kakehashi.dev/v1alpha1}; {@code v1} for the core group. */
    public String apiVersion() {
        return apiVersion;
    }

    /** The name in the field {@code kind}. */
    public String singular() {
        return singular;
    }

    /** The name of the collection: in the API's paths, and the directory of the directory store. */
    public String plural() {
        return plural;
    }

    /**
     * How many of its objects a store may be asked for at once: an IPBlock of 256 addresses that
     * are all in use has 64 KiB.
     */
    public int page() {
        return equals(IP_BLOCK) ? 100 : 500;
    }

    /**
     * Reads an object.
     *
     * @param source where it came from, for problems
     * @param tree its fields
     * @param lines line of each field by its path; empty where the source has none
     * @throws InvalidObjectException with everything that is wrong
     */
    public Decoded<T> decode(String source, Tree tree, Map<String, Integer> lines)
            throws InvalidObjectException {
        Problems problems = new Problems(source, lines);
        Fields fields = new Fields(problems, "", tree.fields());
        checkWord(fields, "apiVersion", apiVersion);
        checkWord(fields, "kind", singular);
        Metadata metadata = MetadataCodec.decode(fields.section("metadata"));
        T object = codec.decode(metadata, fields, tree);
        problems.throwIfErrors();
        return new Decoded<>(reader.apply(object), problems.warnings());
    }

    /**
     * What the fields of an object may hold besides its kind and metadata, learnt from the code
     * that reads them.
     */
    public FieldShape.Section shape() {
        Problems problems = new Problems(plural, Map.of());
        FieldsProbe probe = new FieldsProbe();
        T _ =
                codec.decode(
                        Metadata.named("probe"),
                        new Fields(problems, "", Map.of(), probe),
                        Tree.empty());
        return probe.shape("", problems.errorPaths());
    }

    /** Writes an object: its typed fields over those it was read with. */
    public Tree encode(T object) {
        TreeEditor tree = new TreeEditor(object.origin());
        tree.set("apiVersion", apiVersion);
        tree.set("kind", singular);
        MetadataCodec.encode(object.metadata(), tree.section("metadata"));
        codec.encode(object, tree);
        return tree.toTree();
    }

    /** Whether it is the same kind, whatever its readers keep of the objects. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Kind<?> kind && kind.plural.equals(plural);
    }

    @Override
    public int hashCode() {
        return plural.hashCode();
    }

    @Override
    public String toString() {
        return singular;
    }

    private static void checkWord(Fields fields, String name, String expected) {
        String found = fields.string(name).orElse("");
        if (!found.equals(expected)) {
            fields.error(
                    name, "must be " + expected + (found.isEmpty() ? "" : ", not '" + found + "'"));
        }
    }
}
