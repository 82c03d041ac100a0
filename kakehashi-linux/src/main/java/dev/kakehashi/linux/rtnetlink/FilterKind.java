package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.IpPrefix;

import java.util.Optional;

/** What a filter looks at and does. */
public sealed interface FilterKind {
    /** The kernel's name, {@code TCA_KIND}. */
    String name();

    /**
     * Everything goes to another link ({@code u32} with a key that matches all, action {@code
     * mirred}).
     *
     * @param mirred where to
     */
    record MatchAll(Mirred mirred) implements FilterKind {
        static final String NAME = "u32";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String toString() {
            return "u32 match u32 0 0 action " + mirred;
        }
    }

    /**
     * Packets of an IP subnet, of the filter's protocol, go to another link ({@code u32} with keys
     * for the words of an address), or simply on: no filter of a higher priority number sees them.
     *
     * @param subnet of the source or the destination
     * @param source whether of the source
     * @param mirred where to; empty to go on
     */
    record MatchSubnet(IpPrefix subnet, boolean source, Optional<Mirred> mirred)
            implements FilterKind {

        @Override
        public String name() {
            return MatchAll.NAME;
        }

        /** The EtherType that the filter must be for. */
        public int protocol() {
            return subnet.isIpv4() ? Filter.IPV4 : Filter.IPV6;
        }

        @Override
        public String toString() {
            return "u32 match "
                    + (subnet.isIpv4() ? "ip" : "ip6")
                    + (source ? " src " : " dst ")
                    + subnet
                    + mirred.map(m -> " action " + m).orElse(" flowid 0:0");
        }
    }

    /**
     * A BPF program decides ({@code direct-action}).
     *
     * @param program the loaded program; empty of observed filters
     * @param programName its name for people
     */
    record Bpf(Optional<Fd> program, String programName) implements FilterKind {
        static final String NAME = "bpf";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String toString() {
            return "bpf da " + programName;
        }
    }

    /**
     * A filter whose attributes this library does not know; it can be listed and removed.
     *
     * @param name {@code TCA_KIND}
     */
    record Other(String name) implements FilterKind {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * Sends packets to another link ({@code mirred}, tc-mirred(8)).
     *
     * @param link the index of that link
     * @param redirect whether they go there, else a copy does
     */
    record Mirred(int link, boolean redirect) {
        /** All packets leave by another link instead. */
        public static Mirred redirectTo(int link) {
            return new Mirred(link, true);
        }

        @Override
        public String toString() {
            return "mirred egress " + (redirect ? "redirect" : "mirror") + " dev #" + link;
        }
    }
}
