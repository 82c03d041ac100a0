package dev.kakehashi.lab;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which reachability a lab promises, and under which source address each packet must arrive: the
 * Kubernetes network model (pods reach all pods and nodes without translation) and masquerade to
 * the outside.
 */
final class Questions {
    private Questions() {}

    /** Every pod to every other pod, to its own node and to the outside. */
    static List<Probe> all(List<Endpoint> endpoints) {
        List<Probe> questions = new ArrayList<>();
        for (Endpoint from : endpoints) {
            for (Endpoint to : endpoints) {
                expectedSource(from, to, endpoints)
                        .ifPresent(source ->
                                questions.add(new Probe(from, to, source, Optional.empty())));
            }
        }
        return questions;
    }

    private static Optional<InetAddress> expectedSource(
            Endpoint from, Endpoint to, List<Endpoint> endpoints) {
        if (from.kind() != Endpoint.Kind.POD || from.equals(to)) {
            return Optional.empty();
        }
        return switch (to.kind()) {
            case POD -> Optional.of(from.address());
            // Another node is outside the pod network: it has no reason to know the way back.
            case NODE ->
                    from.node().equals(to.node()) ? Optional.of(from.address()) : Optional.empty();
            case OUTSIDE -> nodeAddress(from.node(), endpoints);
        };
    }

    private static Optional<InetAddress> nodeAddress(String node, List<Endpoint> endpoints) {
        return endpoints.stream()
                .filter(e -> e.kind() == Endpoint.Kind.NODE && e.node().equals(node))
                .map(Endpoint::address)
                .findFirst();
    }
}
