package dev.kakehashi.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Reads and writes Leases. */
final class LeaseCodec implements Kind.Codec<Lease> {
    /** Kubernetes MicroTime: always six digits. */
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    @Override
    public Lease decode(Metadata metadata, Fields fields, Tree origin) {
        Fields spec = fields.section("spec");
        return new Lease(
                metadata,
                spec.string("holderIdentity").orElse(""),
                Duration.ofSeconds(
                        spec.integer("leaseDurationSeconds", 1, Integer.MAX_VALUE).orElse(1)),
                MetadataCodec.time(spec, "acquireTime"),
                MetadataCodec.time(spec, "renewTime"),
                spec.integer("leaseTransitions", 0, Integer.MAX_VALUE).orElse(0),
                origin);
    }

    @Override
    public void encode(Lease lease, TreeEditor tree) {
        TreeEditor spec = tree.section("spec");
        spec.set("holderIdentity", lease.holder());
        spec.set("leaseDurationSeconds", lease.duration().toSeconds());
        time(spec, "acquireTime", lease.acquired());
        time(spec, "renewTime", lease.renewed());
        spec.set("leaseTransitions", (long) lease.transitions());
    }

    private static void time(TreeEditor spec, String name, Instant time) {
        if (!time.equals(Instant.EPOCH)) {
            spec.set(name, MICRO_TIME.format(time));
        }
    }
}
