package dev.kakehashi.state;

import dev.kakehashi.linux.rtnetlink.LinkKind;

import org.jspecify.annotations.Nullable;

/** Where a link comes from if it is not there yet. */
public sealed interface LinkOrigin {

    /**
     * Created by us (or joined, if shared and already there) as a link of a kind.
     *
     * @param kind the kind with its attributes; see {@code rtnetlink(7)}, IFLA_LINKINFO
     */
    record Created(LinkKind kind) implements LinkOrigin {
        // Not the generated methods: linking them takes a cold process milliseconds.
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || (other instanceof Created created && kind.equals(created.kind));
        }

        @Override
        public int hashCode() {
            return kind.hashCode();
        }
    }

    /**
     * One end of a veth pair. Each end is a {@link Link} of its own that names the other; the pair
     * is made and removed by one request.
     *
     * @param peer the other end
     */
    record VethEnd(LinkRef peer) implements LinkOrigin {}

    /**
     * Made by somebody else and only configured by us, like {@code lo}. It is an error if it is
     * missing.
     */
    record Existing() implements LinkOrigin {}

    /**
     * Taken out of another namespace, under another name if need be, and given back on removal.
     *
     * @param from where it is found before the move
     */
    record Moved(LinkRef from) implements LinkOrigin {}
}
