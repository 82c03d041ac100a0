package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;

/** Reads and writes IPPools. */
final class IpPoolCodec implements Kind.Codec<IpPool> {
    private static final IpPrefix NOWHERE = IpPrefix.parse("0.0.0.0/0");
    private static final int MAX_PREFIX_LENGTH = 128;

    @Override
    public IpPool decode(Metadata metadata, Fields fields, Tree origin) {
        Fields spec = fields.section("spec");
        IpPrefix cidr = cidr(spec);
        IpPoolSpec read =
                new IpPoolSpec(
                        spec.objectName("network").orElse(IpPoolSpec.DEFAULT_NETWORK),
                        cidr,
                        blockSize(spec, cidr),
                        LabelSelectorCodec.decode(spec.section("nodeSelector")),
                        LabelSelectorCodec.decode(spec.section("namespaceSelector")),
                        spec.networks("reservations"),
                        spec.bool("disabled", false),
                        spec.choice("assignment", AssignmentMode.class, AssignmentMode.STRICT),
                        spec.bool("masquerade", true),
                        spec.networks("noMasqueradeTo"));
        checkInside(spec, read);
        spec.warnOfUnknown();
        IpPoolStatus status = status(fields.section("status"));
        fields.warnOfUnknown();
        return new IpPool(metadata, read, status, origin);
    }

    @Override
    public void encode(IpPool pool, TreeEditor tree) {
        IpPoolSpec spec = pool.spec();
        IpPoolSpec defaults = IpPoolSpec.of(spec.cidr());
        TreeEditor to = tree.section("spec");
        to.setUnlessDefault("network", spec.network(), defaults.network());
        to.set("cidr", spec.cidr().toString());
        to.setUnlessDefault("blockSize", spec.blockSize(), defaults.blockSize());
        LabelSelectorCodec.encode("nodeSelector", spec.nodeSelector(), to);
        LabelSelectorCodec.encode("namespaceSelector", spec.namespaceSelector(), to);
        to.setUnlessEmpty("reservations", texts(spec.reservations()));
        to.setUnlessDefault("disabled", spec.disabled(), defaults.disabled());
        to.setUnlessDefault(
                "assignment", spec.assignment().toString(), defaults.assignment().toString());
        to.setUnlessDefault("masquerade", spec.masquerade(), defaults.masquerade());
        to.setUnlessEmpty("noMasqueradeTo", texts(spec.noMasqueradeTo()));
        encode(pool.status(), tree.section("status"));
        tree.dropIfEmpty("status");
    }

    private static void encode(IpPoolStatus status, TreeEditor to) {
        to.setUnlessEmpty("phase", status.phase().toString());
        to.setUnlessEmpty("cidr", status.cidr().map(IpPrefix::toString).orElse(""));
        if (status.blockSize() == 0) {
            to.remove("blockSize");
        } else {
            to.set("blockSize", status.blockSize());
        }
        to.setUnlessEmpty("message", status.message());
        ConditionCodec.encode(status.conditions(), to);
    }

    private static List<String> texts(List<IpPrefix> prefixes) {
        return prefixes.stream().map(IpPrefix::toString).toList();
    }

    private static IpPrefix cidr(Fields spec) {
        return spec.requiredNetwork("cidr", "the addresses of the pool, such as 10.244.0.0/16")
                .orElse(NOWHERE);
    }

    private static int blockSize(Fields spec, IpPrefix cidr) {
        spec.widest("blockSize", 1, MAX_PREFIX_LENGTH);
        int least = Math.max(cidr.length(), cidr.bits() - IpPoolSpec.MAX_BLOCK_BITS);
        int most = cidr.bits() - IpPoolSpec.MIN_BLOCK_BITS;
        if (least > most) {
            spec.error("cidr", cidr + " is too small; allowed is /" + most + " or shorter");
            return cidr.length();
        }
        return spec.integer("blockSize", least, most)
                .orElse(Math.min(IpPoolSpec.defaultBlockSize(cidr), most));
    }

    private static void checkInside(Fields spec, IpPoolSpec read) {
        for (int i = 0; i < read.reservations().size(); i++) {
            if (!read.cidr().contains(read.reservations().get(i))) {
                spec.error(
                        "reservations[" + i + "]",
                        read.reservations().get(i) + " is not in " + read.cidr());
            }
        }
        for (int i = 0; i < read.noMasqueradeTo().size(); i++) {
            if (read.noMasqueradeTo().get(i).isIpv4() != read.cidr().isIpv4()) {
                spec.error(
                        "noMasqueradeTo[" + i + "]",
                        read.noMasqueradeTo().get(i) + " is of another family than " + read.cidr());
            }
        }
    }

    private static IpPoolStatus status(Fields fields) {
        IpPoolStatus.Phase phase =
                fields.choice("phase", IpPoolStatus.Phase.class, IpPoolStatus.Phase.UNSEEN);
        Optional<IpPrefix> cidr =
                fields.string("cidr").flatMap(text -> fields.network("cidr", text));
        int blockSize = fields.integer("blockSize", 1, MAX_PREFIX_LENGTH).orElse(0);
        boolean inForce = phase == IpPoolStatus.Phase.ACTIVE || phase == IpPoolStatus.Phase.PENDING;
        if (inForce && (cidr.isEmpty() || !isBlockSize(cidr.get(), blockSize))) {
            fields.error("phase", "'" + phase + "' needs cidr and a blockSize that fits it");
        }
        return new IpPoolStatus(
                phase,
                cidr,
                blockSize,
                fields.string("message").orElse(""),
                ConditionCodec.decode(fields));
    }

    private static boolean isBlockSize(IpPrefix cidr, int length) {
        return length >= Math.max(cidr.length(), cidr.bits() - IpPoolSpec.MAX_BLOCK_BITS)
                && length <= cidr.bits() - IpPoolSpec.MIN_BLOCK_BITS;
    }
}
