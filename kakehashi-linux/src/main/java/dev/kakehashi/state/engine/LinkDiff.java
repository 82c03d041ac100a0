package dev.kakehashi.state.engine;

import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.LinkSettings;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Sysctl;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The difference of links. They come first, lower before upper, since everything else hangs on
 * them; whoever comes later learns from the scene which ones are new.
 */
final class LinkDiff {
    private final Scene scene;
    private final Set<LinkRef> visited = new HashSet<>();

    LinkDiff(Scene scene) {
        this.scene = scene;
    }

    void run() {
        for (NamespaceId namespace : scene.desired().namespaces()) {
            for (Resource resource : scene.desired().byKey(namespace).values()) {
                if (resource instanceof Link link) {
                    visit(new LinkRef(namespace, link.name()), link);
                }
            }
        }
    }

    private void visit(LinkRef ref, Link link) {
        if (!visited.add(ref)) {
            return;
        }
        link.master().ifPresent(master -> visit(new LinkRef(ref.namespace(), master)));
        link.parent().ifPresent(this::visit);
        if (isOnItsWayOut(ref, link)) {
            return;
        }
        // No switch over types on the way of a first call: docs/adr/0008.
        if (link.origin() instanceof LinkOrigin.VethEnd end) {
            visited.add(end.peer());
            Optional<Link> peer = wanted(end.peer());
            if (peer.isPresent() && isOnItsWayOut(end.peer(), peer.get())) {
                return;
            }
            new VethDiff(scene, this).diff(ref, link, end.peer());
        } else if (link.origin() instanceof LinkOrigin.Created created) {
            created(ref, link, created);
        } else if (link.origin() instanceof LinkOrigin.Moved moved) {
            moved(ref, link, moved.from());
        } else {
            existing(ref, link);
        }
    }

    /** Whether one of that name is still to go; says so, for those who can wait for it. */
    private boolean isOnItsWayOut(LinkRef ref, Link link) {
        Optional<ObservedLink> there = found(ref);
        boolean going = there.isPresent() && there.get().isOnItsWayOut();
        if (going) {
            scene.conflict(ref.namespace(), link, "one that was removed is not gone yet");
        }
        return going;
    }

    /** Visits a link that another one needs, if it is wanted itself. */
    void visit(LinkRef ref) {
        wanted(ref).ifPresent(link -> visit(ref, link));
    }

    Optional<Link> wanted(LinkRef ref) {
        return scene.desired().byKey(ref.namespace()).get(new Link.Key(ref.name()))
                        instanceof Link link
                ? Optional.of(link)
                : Optional.empty();
    }

    Optional<ObservedLink> found(LinkRef ref) {
        return scene.observed(ref.namespace()).link(ref.name());
    }

    private void created(LinkRef ref, Link link, LinkOrigin.Created created) {
        Optional<ObservedLink> found = found(ref);
        boolean lowerIsNew =
                link.parent().isPresent()
                        && scene.isReplaced(
                                link.parent().get().namespace(), link.parent().get().name());
        if (found.isEmpty()) {
            create(ref, link);
            return;
        }
        ObservedLink there = found.get();
        if (lowerIsNew) {
            // It goes with its lower link, but maybe only when that is gone for good.
            if (isOwn(ref, link, there)) {
                scene.link(new Step.Remove(ref.namespace(), link));
                create(ref, link);
            }
            return;
        }
        if (link.relation() == Relation.SHARED) {
            join(ref, link, created, there);
        } else if (!isOwn(ref, link, there)) {
            return;
        } else if (there.isNascent()
                || KindDiff.needsNew(created.kind(), there)
                || hasOtherParent(link, there)) {
            scene.link(new Step.Remove(ref.namespace(), link));
            create(ref, link);
        } else {
            change(ref, link, there);
        }
    }

    private boolean hasOtherParent(Link link, ObservedLink there) {
        return link.parent().isPresent()
                && found(link.parent().get())
                        .map(parent -> parent.index() != there.lowerIndex())
                        .orElse(false);
    }

    private void create(LinkRef ref, Link link) {
        scene.replaced(ref);
        boolean elsewhere =
                link.parent().isPresent()
                        && !link.parent().get().namespace().equals(ref.namespace());
        boolean up = link.settings().wantsUp() && !hasSysctls(ref) && !elsewhere;
        scene.link(new Step.Create(ref.namespace(), link, up));
        if (elsewhere) {
            scene.add(Phase.LINK_UP, new Step.Configure(ref.namespace(), afterCreation(link)));
        } else if (link.settings().wantsUp() && !up) {
            scene.add(
                    Phase.LINK_UP,
                    new Step.Change(
                            ref.namespace(),
                            onlyUp(link, Optional.of(true)),
                            onlyUp(link, Optional.of(false))));
        }
    }

    /** What a link that is made from another namespace is told in its own. */
    private static Link afterCreation(Link link) {
        return LinkDelta.part(
                link,
                link.origin(),
                link.owner(),
                link.master(),
                LinkDelta.withGroup(LinkDelta.afterCreation(link.settings())),
                link.port());
    }

    private static Link onlyUp(Link link, Optional<Boolean> up) {
        LinkSettings none = LinkSettings.NONE;
        LinkSettings settings =
                new LinkSettings(
                        none.mtu(),
                        none.mac(),
                        up,
                        none.group(),
                        none.txQueueLength(),
                        none.promiscuous(),
                        none.allMulticast(),
                        none.addrGenMode());
        return LinkDelta.part(
                link, link.origin(), link.owner(), link.master(), settings, BridgePort.NONE);
    }

    /** Many switches of a link count only if they are set before it goes up. */
    private boolean hasSysctls(LinkRef ref) {
        for (Resource resource : scene.desired().byKey(ref.namespace()).values()) {
            if (resource instanceof Sysctl sysctl
                    && sysctl.device().isPresent()
                    && sysctl.device().get().equals(ref.name())) {
                return true;
            }
        }
        return false;
    }

    /** Joining a shared link only ever turns something on; how else it is made is its maker's. */
    private void join(LinkRef ref, Link link, LinkOrigin.Created created, ObservedLink there) {
        if (!KindDiff.sameKind(created.kind(), there)) {
            scene.conflict(
                    ref.namespace(),
                    link,
                    "it exists already but is "
                            + there.describe()
                            + ", not a "
                            + created.kind().name());
            return;
        }
        LinkSettings wanted = link.settings();
        LinkSettings on =
                new LinkSettings(
                        LinkSettings.NONE.mtu(),
                        LinkSettings.NONE.mac(),
                        wanted.up().filter(up -> up),
                        LinkSettings.NONE.group(),
                        LinkSettings.NONE.txQueueLength(),
                        wanted.promiscuous().filter(promiscuous -> promiscuous),
                        wanted.allMulticast().filter(all -> all),
                        LinkSettings.NONE.addrGenMode());
        change(
                ref,
                LinkDelta.part(link, link.origin(), "", Optional.empty(), on, BridgePort.NONE),
                there);
        KindDiff.difference(created.kind(), there)
                .ifPresent(text -> scene.remark(ref.namespace(), link.key(), text));
    }

    private void existing(LinkRef ref, Link link) {
        found(ref)
                .ifPresentOrElse(
                        there -> change(ref, link, there),
                        () -> scene.conflict(ref.namespace(), link, "there is no such link"));
    }

    private void moved(LinkRef ref, Link link, LinkRef from) {
        Optional<ObservedLink> here = found(ref);
        if (here.isPresent()) {
            if (isOwn(ref, link, here.get())) {
                change(ref, link, here.get());
            }
            return;
        }
        if (found(from).isEmpty()) {
            scene.conflict(ref.namespace(), link, "there is no link " + from + " to be moved");
            return;
        }
        scene.replaced(ref);
        scene.link(new Step.Move(ref.namespace(), link, from, true));
        scene.add(Phase.LINK_UP, new Step.Configure(ref.namespace(), link));
    }

    /** Whether a link that was seen is the one we made; says so if not. */
    boolean isOwn(LinkRef ref, Link link, ObservedLink there) {
        if (there.isFor(link.owner())) {
            return true;
        }
        String whose = Ownership.isOurAlias(there.alias()) ? "ours for another" : "not ours";
        scene.conflict(
                ref.namespace(), link, "it exists already, " + whose + ": " + there.describe());
        return false;
    }

    /** Puts right what differs on a link that stays. */
    void change(LinkRef ref, Link link, ObservedLink there) {
        Optional<String> masterBefore =
                there.master().filter(name -> !scene.isReplaced(ref.namespace(), name));
        Optional<String> master = link.master().isPresent() ? link.master() : masterBefore;
        // Leaving a bridge and joining one resets what a port was told.
        BridgePort portBefore = master.equals(masterBefore) ? there.port() : BridgePort.NONE;
        BridgePort port = LinkDelta.port(link.port(), portBefore);
        LinkSettings settings = LinkDelta.settings(link.settings(), there.settings());
        LinkSettings now = LinkDelta.withoutUp(settings);
        if (!master.equals(there.master()) || !masterBefore.equals(there.master())) {
            scene.fallout().leavesBridge(ref);
        }
        if (settings.mac().isPresent()) {
            scene.fallout().changesMac(ref);
        }
        if (settings.up().isPresent() && !settings.wantsUp()) {
            scene.fallout().setsDown(ref);
        }
        LinkOrigin before = KindDiff.originBefore(link, there);
        Link wanted = LinkDelta.part(link, link.origin(), link.owner(), master, now, port);
        Link found =
                LinkDelta.part(
                        link,
                        before,
                        link.owner(),
                        masterBefore,
                        LinkDelta.before(now, there.settings()),
                        LinkDelta.before(port, portBefore));
        if (!LinkDelta.isSame(wanted, found)) {
            scene.link(new Step.Change(ref.namespace(), wanted, found));
        }
        if (settings.up().isPresent()) {
            scene.add(
                    Phase.LINK_UP,
                    new Step.Change(
                            ref.namespace(),
                            onlyUp(link, settings.up()),
                            onlyUp(link, there.settings().up())));
        }
    }
}
