package dev.kakehashi.state.engine;

import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;

import java.util.Optional;

/** The difference of veth pairs: both ends at once. */
final class VethDiff {
    private final Scene scene;
    private final LinkDiff links;

    VethDiff(Scene scene, LinkDiff links) {
        this.scene = scene;
        this.links = links;
    }

    void diff(LinkRef one, Link oneLink, LinkRef otherRef) {
        Link otherLink = links.wanted(otherRef).orElseThrow();
        // The node's end is made first: it is up at once and waits for the other's carrier.
        boolean swap =
                otherRef.namespace().equals(NamespaceId.HOST)
                        && !one.namespace().equals(NamespaceId.HOST);
        LinkRef near = swap ? otherRef : one;
        LinkRef far = swap ? one : otherRef;
        Link nearLink = swap ? otherLink : oneLink;
        Link farLink = swap ? oneLink : otherLink;
        nearLink.master().ifPresent(m -> links.visit(new LinkRef(near.namespace(), m)));
        farLink.master().ifPresent(m -> links.visit(new LinkRef(far.namespace(), m)));
        Optional<ObservedLink> nearFound = links.found(near);
        Optional<ObservedLink> farFound = links.found(far);
        if (nearFound.isPresent()
                && farFound.isPresent()
                && arePair(nearFound.get(), farFound.get())) {
            changeBoth(near, nearLink, nearFound.get(), far, farLink, farFound.get());
            return;
        }
        boolean free = isFreeOrOwn(near, nearLink, nearFound);
        free &= isFreeOrOwn(far, farLink, farFound);
        if (free) {
            nearFound.ifPresent(l -> scene.link(new Step.Remove(near.namespace(), nearLink)));
            farFound.ifPresent(l -> scene.link(new Step.Remove(far.namespace(), farLink)));
            create(near, nearLink, far, farLink);
        }
    }

    private static boolean arePair(ObservedLink near, ObservedLink far) {
        return near.kindName().equals("veth")
                && far.kindName().equals("veth")
                && near.lowerIndex() == far.index()
                && far.lowerIndex() == near.index();
    }

    private boolean isFreeOrOwn(LinkRef ref, Link link, Optional<ObservedLink> found) {
        return found.isEmpty() || links.isOwn(ref, link, found.get());
    }

    private void create(LinkRef near, Link nearLink, LinkRef far, Link farLink) {
        scene.replaced(near);
        scene.replaced(far);
        scene.link(new Step.CreatePair(near.namespace(), nearLink, far.namespace(), farLink));
        configure(far, farLink);
    }

    /** The far end is told the rest where it is, in one go with what else happens there. */
    private void configure(LinkRef far, Link link) {
        scene.add(
                Phase.LINK_UP,
                new Step.Configure(
                        far.namespace(),
                        LinkDelta.part(
                                link,
                                link.origin(),
                                link.owner(),
                                link.master(),
                                LinkDelta.afterCreation(link.settings()),
                                link.port())));
    }

    private void changeBoth(
            LinkRef near,
            Link nearLink,
            ObservedLink nearFound,
            LinkRef far,
            Link farLink,
            ObservedLink farFound) {
        boolean nearOurs = nearFound.alias().equals(Ownership.alias(nearLink.owner()));
        boolean farOurs = farFound.alias().equals(Ownership.alias(farLink.owner()));
        // One end without a mark is left of a making that was interrupted; the pair is one thing.
        if (!nearOurs && !(farOurs && nearFound.alias().isEmpty())) {
            var _ = links.isOwn(near, nearLink, nearFound);
        } else if (!farOurs && !farFound.alias().isEmpty()) {
            var _ = links.isOwn(far, farLink, farFound);
        } else {
            if (!nearOurs) {
                configure(near, nearLink);
            }
            links.change(near, nearLink, nearFound);
            if (!farOurs) {
                configure(far, farLink);
            }
            links.change(far, farLink, farFound);
        }
    }
}
