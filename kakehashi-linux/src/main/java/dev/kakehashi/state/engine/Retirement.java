package dev.kakehashi.state.engine;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Taking away what is no longer wanted, in the reverse order of making it. What goes with its link
 * is not removed on its own.
 */
final class Retirement {
    private final Scene scene;
    private final List<Step> links = new ArrayList<>();
    private final Set<LinkRef> going = new HashSet<>();

    Retirement(Scene scene) {
        this.scene = scene;
    }

    void run(DesiredState unwanted) {
        for (NamespaceId namespace : unwanted.namespaces().reversed()) {
            for (Resource resource : unwanted.in(namespace).reversed()) {
                if (resource instanceof Link link && link.relation() == Relation.OWNED) {
                    link(new LinkRef(namespace, link.name()), link);
                }
            }
        }
        for (NamespaceId namespace : unwanted.namespaces().reversed()) {
            List<Resource> others = new ArrayList<>();
            for (Resource resource : unwanted.in(namespace)) {
                if (!(resource instanceof Link) && !goesWithLink(namespace, resource)) {
                    others.add(resource);
                }
            }
            others.sort((a, b) -> phase(b).compareTo(phase(a)));
            for (Resource resource : others) {
                Handlers.of(resource).retire(namespace, resource, scene);
            }
        }
        links.forEach(scene::remove);
    }

    private static Phase phase(Resource resource) {
        return Handlers.of(resource).phase(resource);
    }

    private boolean goesWithLink(NamespaceId namespace, Resource resource) {
        return Handlers.of(resource)
                .goesWith(resource, device -> going.contains(new LinkRef(namespace, device)));
    }

    private void link(LinkRef ref, Link link) {
        Optional<ObservedLink> there = scene.observed(ref.namespace()).link(ref.name());
        if (going.contains(ref)
                || there.isEmpty()
                || there.get().isOnItsWayOut()
                || !there.get().isFor(link.owner())) {
            return;
        }
        going.add(ref);
        // No switch over types on the way of a first call: docs/adr/0008.
        if (link.origin() instanceof LinkOrigin.VethEnd end) {
            going.add(end.peer());
            links.add(new Step.Remove(ref.namespace(), link));
        } else if (link.origin() instanceof LinkOrigin.Moved moved) {
            links.add(
                    new Step.Move(
                            moved.from().namespace(),
                            Link.existing(moved.from().name()).build(),
                            ref,
                            false));
        } else if (link.origin() instanceof LinkOrigin.Created) {
            links.add(new Step.Remove(ref.namespace(), link));
        }
    }
}
