package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.Fd;

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
