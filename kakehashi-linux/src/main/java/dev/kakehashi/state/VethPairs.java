package dev.kakehashi.state;

/** The rule that both ends of a veth pair are wanted and name each other. */
final class VethPairs {
    private VethPairs() {}

    static void check(DesiredState state) {
        for (NamespaceId namespace : state.namespaces()) {
            for (Resource resource : state.byKey(namespace).values()) {
                if (resource instanceof Link link
                        && link.origin() instanceof LinkOrigin.VethEnd end) {
                    check(state, new LinkRef(namespace, link.name()), end.peer());
                }
            }
        }
    }

    private static void check(DesiredState state, LinkRef end, LinkRef peer) {
        Resource other = state.byKey(peer.namespace()).get(new Link.Key(peer.name()));
        if (other instanceof Link link
                && link.origin() instanceof LinkOrigin.VethEnd back
                && back.peer().equals(end)) {
            return;
        }
        throw new IllegalArgumentException(
                "veth " + end + ": its peer " + peer + " is not wanted, or is not its peer");
    }
}
