package dev.kakehashi.state.engine;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Interface indexes and hardware addresses of the links of one operation: of those that were seen,
 * and of those that are being made, which get both from us. Knowing the index before the link
 * exists lets everything that hangs on it go into the same send.
 */
final class Indexes {
    // Above what the kernel hands out by itself in a machine's life, below what people find odd.
    private static final int LOWEST = 0x1_0000;
    private static final int HIGHEST = 0x100_0000;

    private final Map<LinkRef, Integer> indexes = new HashMap<>();
    private final Map<LinkRef, MacAddress> macs = new HashMap<>();
    private final Set<LinkRef> ports = new HashSet<>();
    private final Lookup lookup;

    /** Finds the index of a link that nobody has spoken of yet. */
    @FunctionalInterface
    interface Lookup {
        Optional<ObservedLink> find(LinkRef link) throws IOException;
    }

    Indexes(Lookup lookup) {
        this.lookup = lookup;
    }

    /** Takes over what was seen. */
    void add(ObservedState observed) {
        observed.namespaces()
                .forEach((namespace, seen) -> {
                    for (ObservedLink link : seen.links()) {
                        add(namespace, link);
                    }
                });
    }

    private void add(NamespaceId namespace, ObservedLink link) {
        LinkRef ref = new LinkRef(namespace, link.name());
        indexes.put(ref, link.index());
        link.settings().mac().ifPresent(mac -> macs.put(ref, mac));
        if (link.port().hairpin().isPresent()) {
            ports.add(ref);
        }
    }

    /**
     * The index of a link.
     *
     * @throws MissingLinkException if there is no such link
     */
    int of(NamespaceId namespace, String name) throws IOException {
        LinkRef ref = new LinkRef(namespace, name);
        Integer known = indexes.get(ref);
        if (known != null) {
            return known;
        }
        ObservedLink link = lookup.find(ref).orElseThrow(() -> new MissingLinkException(ref));
        add(namespace, link);
        return link.index();
    }

    /** Whether a link that was seen is a port of a bridge. */
    boolean isPort(NamespaceId namespace, String name) {
        return ports.contains(new LinkRef(namespace, name));
    }

    /** An index for a link that is about to be made. */
    int assign(NamespaceId namespace, String name) {
        int index = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
        indexes.put(new LinkRef(namespace, name), index);
        return index;
    }

    /** The hardware address of a link that is about to be made: as wanted, else a random one. */
    MacAddress assignMac(NamespaceId namespace, String name, Optional<MacAddress> wanted) {
        MacAddress mac =
                wanted.orElseGet(() ->
                        MacAddress.of(ThreadLocalRandom.current().nextLong(1L << 48))
                                .toLocalUnicast());
        macs.put(new LinkRef(namespace, name), mac);
        return mac;
    }

    /** Says that a link has moved. */
    void move(LinkRef from, LinkRef to) {
        Integer index = indexes.remove(from);
        if (index != null) {
            indexes.put(to, index);
        }
    }

    /** Says that a link is gone. */
    void forget(NamespaceId namespace, String name) {
        indexes.remove(new LinkRef(namespace, name));
    }

    Map<LinkRef, Integer> indexes() {
        return indexes;
    }

    Map<LinkRef, MacAddress> macs() {
        return macs;
    }
}
