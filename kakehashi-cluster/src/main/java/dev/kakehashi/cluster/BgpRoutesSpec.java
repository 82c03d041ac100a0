package dev.kakehashi.cluster;

import java.util.List;
import java.util.Optional;

/**
 * Which routes pass over the sessions of a BGPPeer, and how they are changed.
 *
 * @param families of the routes; empty: that of the session's own addresses
 * @param keepOriginalNextHop whether routes are handed on with the next hop they came with
 * @param communities what is added to the routes that are sent
 * @param imports what is taken; empty: everything outside of the pods' own addresses, and of those
 *     what is not this node's
 * @param exports what is sent of the routes that the node knows; empty: its own pods'
 */
public record BgpRoutesSpec(
        List<IpFamily> families,
        boolean keepOriginalNextHop,
        List<Community> communities,
        Optional<List<PrefixRange>> imports,
        Optional<List<PrefixRange>> exports) {
    /** Copies the lists. */
    public BgpRoutesSpec {
        families = List.copyOf(families);
        communities = List.copyOf(communities);
        imports = imports.map(List::copyOf);
        exports = exports.map(List::copyOf);
    }

    /** No filters of its own. */
    public static BgpRoutesSpec defaults() {
        return new BgpRoutesSpec(List.of(), false, List.of(), Optional.empty(), Optional.empty());
    }
}
