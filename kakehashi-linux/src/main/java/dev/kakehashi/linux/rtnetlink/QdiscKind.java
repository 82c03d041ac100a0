package dev.kakehashi.linux.rtnetlink;

/** What a queueing discipline does. */
public sealed interface QdiscKind {
    /** The kernel's name, {@code TCA_KIND}. */
    String name();

    /** Whether an observed discipline does what is asked for here. */
    default boolean matches(QdiscKind observed) {
        return equals(observed);
    }

    /** No queue: the place for filters on what arrives. */
    record Ingress() implements QdiscKind {
        static final String NAME = "ingress";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String toString() {
            return NAME;
        }
    }

    /** No queue: the place for filters on what arrives and what leaves. */
    record Clsact() implements QdiscKind {
        static final String NAME = "clsact";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String toString() {
            return NAME;
        }
    }

    /**
     * A token bucket that limits the rate (tc-tbf(8)).
     *
     * @param rate bytes a second, from 1
     * @param burst size of the bucket, bytes: what may leave at once
     * @param limit bytes that may wait, the bucket included
     */
    record Tbf(long rate, long burst, long limit) implements QdiscKind {
        static final String NAME = "tbf";

        public Tbf {
            if (rate < 1 || burst < 1 || limit < 1) {
                throw new IllegalArgumentException(
                        "tbf needs rate, burst and limit: " + rate + ", " + burst + ", " + limit);
            }
            if (burst > 0xffff_ffffL || limit > 0xffff_ffffL) {
                throw new IllegalArgumentException(
                        "tbf takes burst and limit of less than 4 GiB: " + burst + ", " + limit);
            }
        }

        @Override
        public String name() {
            return NAME;
        }

        /** The kernel shows the burst as a time in 32 bits, so it comes back rounded and cut. */
        @Override
        public boolean matches(QdiscKind observed) {
            return observed instanceof Tbf other
                    && rate == other.rate
                    && limit == other.limit
                    && TbfCodec.sameBurst(rate, burst, other.burst);
        }

        @Override
        public String toString() {
            return NAME + " rate " + 8 * rate + "bit burst " + burst + "b limit " + limit + "b";
        }
    }

    /**
     * A discipline whose attributes this library does not know. It can be made where the kernel
     * asks for none.
     *
     * @param name {@code TCA_KIND}
     */
    record Other(String name) implements QdiscKind {
        @Override
        public String toString() {
            return name;
        }
    }
}
