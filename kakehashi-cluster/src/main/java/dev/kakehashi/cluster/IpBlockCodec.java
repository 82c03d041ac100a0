package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Reads and writes IPBlocks. */
final class IpBlockCodec implements Kind.Codec<IpBlock> {
    private static final IpPrefix NOWHERE = IpPrefix.parse("0.0.0.0/32");

    private static final String USED = "used";
    private static final String SIZE = "size";

    /** Every address of the largest block. */
    private static final int MOST = 1 << IpPoolSpec.MAX_BLOCK_BITS;

    private final Predicate<IpBlockSpec> whole;

    /**
     * A codec.
     *
     * @param whole of which blocks all is read, and not only whose they are
     */
    IpBlockCodec(Predicate<IpBlockSpec> whole) {
        this.whole = whole;
    }

    @Override
    public IpBlock decode(Metadata metadata, Fields fields, Tree origin) {
        Fields spec = fields.section("spec");
        IpPrefix cidr = cidr(spec, metadata.name());
        IpBlockSpec read =
                new IpBlockSpec(
                        cidr,
                        // Of thousands of blocks each names one of a few.
                        name(spec, "pool").intern(),
                        name(spec, "network").intern(),
                        name(spec, "node"),
                        spec.choice("state", IpBlockSpec.State.class, IpBlockSpec.State.PENDING),
                        spec.number("generation").orElse(0),
                        spec.string("reclaimer").orElse(""),
                        givenUp(spec, cidr));
        spec.warnOfUnknown();
        if (!whole.test(read)) {
            return new IpBlock(metadata, read, List.of(), Tree.empty());
        }
        Fields status = fields.section("status");
        List<Allocation> allocations = allocations(status, cidr);
        status.has(USED);
        status.has(SIZE);
        status.warnOfUnknown();
        fields.warnOfUnknown();
        return new IpBlock(metadata, read, allocations, origin);
    }

    @Override
    public void encode(IpBlock block, TreeEditor tree) {
        IpBlockSpec spec = block.spec();
        TreeEditor to = tree.section("spec");
        to.set("cidr", spec.cidr().toString());
        to.set("pool", spec.pool());
        to.set("network", spec.network());
        to.set("node", spec.node());
        to.set("state", spec.state().toString());
        to.set("generation", spec.generation());
        to.setUnlessEmpty("reclaimer", spec.reclaimer());
        List<TreeEditor> givenUp =
                to.elements(
                        "givenUp",
                        "address",
                        spec.givenUp().stream()
                                .map(one -> IpAddresses.format(one.address()))
                                .toList());
        for (int i = 0; i < givenUp.size(); i++) {
            IpBlockSpec.GivenUp one = spec.givenUp().get(i);
            givenUp.get(i).setUnlessEmpty("borrower", one.borrower());
            givenUp.get(i).setUnlessDefault("mark", one.mark(), 0L);
        }
        TreeEditor status = tree.section("status");
        List<TreeEditor> elements =
                status.elements(
                        "allocations",
                        "address",
                        block.allocations().stream()
                                .map(one -> IpAddresses.format(one.address()))
                                .toList());
        for (int i = 0; i < elements.size(); i++) {
            Allocation one = block.allocations().get(i);
            elements.get(i).set("handle", one.handle().toString());
            elements.get(i).set("node", one.node());
            elements.get(i).setUnlessEmpty("attributes", one.attributes());
            elements.get(i).set("since", one.since().toString());
        }
        tellUse(block, status);
        tree.dropIfEmpty("status");
    }

    /**
     * For people who list blocks; follows from the allocations, and nobody reads it. Told with
     * them, never for its own sake: that would be one request more.
     */
    private static void tellUse(IpBlock block, TreeEditor status) {
        boolean same =
                block.origin().fields().get("status") instanceof Map<?, ?> before
                        ? status.holds("allocations", before.get("allocations"))
                        : block.allocations().isEmpty();
        if (!same || status.has(SIZE)) {
            IpPrefix cidr = block.spec().cidr();
            status.set(USED, (long) block.allocations().size());
            status.set(SIZE, 1L << (cidr.bits() - cidr.length()));
        }
    }

    private static String name(Fields spec, String field) {
        Optional<String> name = spec.objectName(field);
        if (name.isEmpty()) {
            spec.error(field, "is required");
        }
        return name.orElse("");
    }

    private static IpPrefix cidr(Fields spec, String name) {
        Optional<IpPrefix> cidr =
                spec.requiredNetwork("cidr", "the addresses of the block, such as 10.244.3.64/26");
        if (cidr.isEmpty()) {
            return NOWHERE;
        }
        int bits = cidr.get().bits() - cidr.get().length();
        if (bits < IpPoolSpec.MIN_BLOCK_BITS || bits > IpPoolSpec.MAX_BLOCK_BITS) {
            spec.error(
                    "cidr",
                    "a block has from "
                            + (1 << IpPoolSpec.MIN_BLOCK_BITS)
                            + " to "
                            + (1 << IpPoolSpec.MAX_BLOCK_BITS)
                            + " addresses");
            return NOWHERE;
        }
        if (!spec.string("cidr").equals(Optional.of(cidr.get().toString()))) {
            spec.error(
                    "cidr", "must be written as " + cidr.get() + ", by which the block is named");
        }
        if (!IpBlock.nameOf(cidr.get()).equals(name)) {
            spec.error("cidr", "the block of this prefix is named " + IpBlock.nameOf(cidr.get()));
        }
        return cidr.get();
    }

    private static List<IpBlockSpec.GivenUp> givenUp(Fields spec, IpPrefix cidr) {
        List<IpBlockSpec.GivenUp> list = new ArrayList<>();
        Set<InetAddress> seen = new HashSet<>();
        for (Fields one : spec.sections("givenUp", MOST)) {
            String borrower = one.objectName("borrower").orElse("");
            long mark = one.number("mark").orElse(0);
            address(one, cidr, seen)
                    .ifPresent(
                            address -> list.add(new IpBlockSpec.GivenUp(address, borrower, mark)));
            one.warnOfUnknown();
        }
        return list;
    }

    private static List<Allocation> allocations(Fields status, IpPrefix cidr) {
        List<Allocation> list = new ArrayList<>();
        Set<InetAddress> seen = new HashSet<>();
        for (Fields one : status.sections("allocations", MOST)) {
            Optional<InetAddress> address = address(one, cidr, seen);
            String text = one.string("handle").orElse("");
            Optional<AllocationHandle> handle = AllocationHandle.parse(text);
            if (handle.isEmpty()) {
                one.error("handle", "must be container/interface/generation");
            }
            String node = name(one, "node");
            var attributes = one.stringMap("attributes");
            var since = MetadataCodec.time(one, "since");
            if (address.isPresent() && handle.isPresent()) {
                list.add(new Allocation(address.get(), handle.get(), node, attributes, since));
            }
            one.warnOfUnknown();
        }
        return list;
    }

    private static Optional<InetAddress> address(
            Fields fields, IpPrefix cidr, Set<InetAddress> seen) {
        Optional<String> text = fields.addressText("address");
        if (text.isEmpty()) {
            fields.error("address", "is required");
        }
        Optional<InetAddress> read = text.flatMap(given -> fields.address("address", given));
        if (read.isPresent() && !cidr.contains(read.get())) {
            fields.error("address", text.orElse("") + " is not in " + cidr);
            return Optional.empty();
        }
        if (read.isPresent() && !seen.add(read.get())) {
            fields.error("address", text.orElse("") + " is there twice");
            return Optional.empty();
        }
        return read;
    }
}
