package dev.kakehashi.state.engine;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.LinkSettings;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * What a kernel does with steps, as far as plans have to reckon with it: names that are taken, and
 * what goes by itself when something else goes.
 */
final class ModelKernel {
    private final Map<LinkRef, ObservedLink> links = new LinkedHashMap<>();
    private final Map<NamespaceId, List<Observed>> objects = new HashMap<>();
    private int lastIndex;

    void add(NamespaceId namespace, String name, String kind, Link as) {
        LinkRef ref = new LinkRef(namespace, name);
        links.put(ref, link(ref, kind, as, 0, false));
    }

    void add(NamespaceId namespace, Resource resource, Mark mark) {
        objects(namespace).add(new Observed(resource, mark));
    }

    private List<Observed> objects(NamespaceId namespace) {
        return objects.computeIfAbsent(namespace, n -> new ArrayList<>());
    }

    /** All that is in it. */
    ObservedState observe() {
        Map<NamespaceId, ObservedNamespace.Builder> seen = new HashMap<>();
        links.forEach((ref, link) ->
                seen.computeIfAbsent(ref.namespace(), n -> new ObservedNamespace.Builder())
                        .add(link));
        objects.forEach((namespace, all) ->
                all.forEach(object ->
                        seen.computeIfAbsent(namespace, n -> new ObservedNamespace.Builder())
                                .add(object)));
        Map<NamespaceId, ObservedNamespace> built = new HashMap<>();
        seen.forEach((namespace, builder) -> built.put(namespace, builder.build()));
        return new ObservedState(built);
    }

    /** What nobody of us made, as text. */
    String foreign() {
        StringBuilder text = new StringBuilder();
        links.forEach((ref, link) -> {
            if (!Ownership.isOurAlias(link.alias())) {
                text.append(ref).append(": ").append(link).append('\n');
            }
        });
        objects.forEach((namespace, all) ->
                all.forEach(object -> {
                    if (object.mark() == Mark.FOREIGN && !(object.resource() instanceof NftChain)) {
                        text.append(namespace).append(": ").append(object).append('\n');
                    }
                }));
        return text.toString();
    }

    /**
     * Carries out a step.
     *
     * @throws IllegalStateException if the kernel would refuse it
     */
    void execute(Step step) {
        NamespaceId namespace = step.namespace();
        switch (step) {
            case Step.CreatePair pair -> createPair(pair);
            case Step.Create create when create.resource() instanceof Link link ->
                    create(create, link);
            case Step.Change change when change.resource() instanceof Link link ->
                    change(new LinkRef(namespace, link.name()), link, (Link) change.before());
            case Step.Configure configure -> {
                Link link = configure.resource();
                LinkRef ref = new LinkRef(namespace, link.name());
                change(
                        ref,
                        link,
                        LinkDelta.part(
                                link,
                                link.origin(),
                                "",
                                Optional.empty(),
                                LinkSettings.NONE,
                                BridgePort.NONE));
                links.put(ref, marked(need(ref), Ownership.alias(link.owner())));
            }
            case Step.Move move -> move(move);
            case Step.Remove remove when remove.resource() instanceof Link link ->
                    removeLink(new LinkRef(namespace, link.name()));
            case Step.Create create -> create(namespace, create.resource());
            case Step.Change change -> {
                remove(namespace, change.before());
                remove(namespace, change.resource());
                create(namespace, change.resource());
            }
            case Step.Remove remove -> remove(namespace, remove.resource());
        }
    }

    private void create(Step.Create step, Link link) {
        LinkRef ref = new LinkRef(step.namespace(), link.name());
        requireFree(ref);
        LinkOrigin.Created created = (LinkOrigin.Created) link.origin();
        int lower = link.parent().map(parent -> need(parent).index()).orElse(0);
        boolean elsewhere =
                link.parent().isPresent()
                        && !link.parent().get().namespace().equals(step.namespace());
        ObservedLink made = link(ref, created.kind().name(), link, lower, elsewhere);
        if (elsewhere) {
            made = marked(made, "");
        }
        links.put(ref, up(made, step.up()));
    }

    private void createPair(Step.CreatePair pair) {
        LinkRef near = new LinkRef(pair.namespace(), pair.resource().name());
        LinkRef far = new LinkRef(pair.peerNamespace(), pair.peer().name());
        requireFree(near);
        requireFree(far);
        boolean elsewhere = !near.namespace().equals(far.namespace());
        ObservedLink one = link(near, "veth", pair.resource(), lastIndex + 2, elsewhere);
        Link rest =
                LinkDelta.part(
                        pair.peer(),
                        pair.peer().origin(),
                        "",
                        Optional.empty(),
                        new LinkSettings(
                                pair.peer().settings().mtu(),
                                pair.peer().settings().mac(),
                                Optional.empty(),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        BridgePort.NONE);
        ObservedLink other = link(far, "veth", rest, one.index(), elsewhere);
        links.put(near, up(one, pair.resource().settings().wantsUp()));
        links.put(far, up(marked(other, ""), false));
    }

    private ObservedLink need(LinkRef ref) {
        ObservedLink link = links.get(ref);
        if (link == null) {
            throw new IllegalStateException(ref + ": ENODEV");
        }
        return link;
    }

    private void requireFree(LinkRef ref) {
        if (links.containsKey(ref)) {
            throw new IllegalStateException(ref + ": EEXIST");
        }
    }

    private ObservedLink link(LinkRef ref, String kind, Link link, int lower, boolean elsewhere) {
        LinkSettings w = link.settings();
        LinkSettings settings =
                new LinkSettings(
                        OptionalInt.of(w.mtu().orElse(1500)),
                        Optional.of(w.mac().orElse(MacAddress.of(0x020000000000L + lastIndex))),
                        Optional.of(w.wantsUp()),
                        OptionalInt.of(w.group().orElse(0)),
                        OptionalInt.of(w.txQueueLength().orElse(1000)),
                        Optional.of(w.promiscuous().orElse(false)),
                        Optional.of(w.allMulticast().orElse(false)),
                        Optional.of(w.addrGenMode().orElse(AddrGenMode.EUI64)));
        return new ObservedLink(
                ++lastIndex,
                ref.name(),
                kind,
                link.origin() instanceof LinkOrigin.Created created
                        ? Optional.of(created.kind())
                        : Optional.empty(),
                link.relation() == Relation.OWNED ? Ownership.alias(link.owner()) : "",
                link.master(),
                link.master().map(m -> need(new LinkRef(ref.namespace(), m)).index()).orElse(0),
                lower,
                elsewhere,
                settings,
                portOf(link, BridgePort.NONE),
                true);
    }

    private static BridgePort portOf(Link link, BridgePort before) {
        if (link.master().isEmpty()) {
            return BridgePort.NONE;
        }
        return new BridgePort(
                Optional.of(link.port().hairpin().orElse(before.hairpin().orElse(false))),
                Optional.of(link.port().isolated().orElse(before.isolated().orElse(false))),
                Optional.of(link.port().learning().orElse(before.learning().orElse(true))),
                Optional.empty());
    }

    private static ObservedLink marked(ObservedLink l, String alias) {
        return new ObservedLink(
                l.index(),
                l.name(),
                l.kindName(),
                l.kind(),
                alias,
                l.master(),
                l.masterIndex(),
                l.lowerIndex(),
                l.lowerElsewhere(),
                l.settings(),
                l.port(),
                l.running());
    }

    private static ObservedLink up(ObservedLink l, boolean up) {
        LinkSettings s = l.settings();
        LinkSettings settings =
                new LinkSettings(
                        s.mtu(),
                        s.mac(),
                        Optional.of(up),
                        s.group(),
                        s.txQueueLength(),
                        s.promiscuous(),
                        s.allMulticast(),
                        s.addrGenMode());
        return new ObservedLink(
                l.index(),
                l.name(),
                l.kindName(),
                l.kind(),
                l.alias(),
                l.master(),
                l.masterIndex(),
                l.lowerIndex(),
                l.lowerElsewhere(),
                settings,
                l.port(),
                l.running());
    }

    private void change(LinkRef ref, Link link, Link before) {
        ObservedLink there = need(ref);
        LinkSettings w = link.settings();
        LinkSettings s = there.settings();
        boolean newMaster = !link.master().equals(before.master());
        LinkSettings settings =
                new LinkSettings(
                        w.mtu().isPresent() ? w.mtu() : s.mtu(),
                        w.mac().or(s::mac),
                        w.up().or(s::up),
                        w.group().isPresent() ? w.group() : s.group(),
                        w.txQueueLength().isPresent() ? w.txQueueLength() : s.txQueueLength(),
                        w.promiscuous().or(s::promiscuous),
                        w.allMulticast().or(s::allMulticast),
                        w.addrGenMode().or(s::addrGenMode));
        Optional<String> master = newMaster ? link.master() : there.master();
        Link port = LinkDelta.part(link, link.origin(), link.owner(), master, w, link.port());
        links.put(
                ref,
                new ObservedLink(
                        there.index(),
                        there.name(),
                        there.kindName(),
                        link.origin() instanceof LinkOrigin.Created created
                                ? Optional.of(created.kind())
                                : there.kind(),
                        there.alias(),
                        master,
                        master.map(m -> need(new LinkRef(ref.namespace(), m)).index()).orElse(0),
                        there.lowerIndex(),
                        there.lowerElsewhere(),
                        settings,
                        portOf(port, newMaster ? BridgePort.NONE : there.port()),
                        true));
        if (newMaster) {
            drop(ref, r -> r instanceof FdbEntry entry && entry.isMaster());
        }
        if (w.mac().isPresent() && !w.mac().equals(s.mac())) {
            drop(ref, r -> r instanceof Neighbour);
        }
        if (s.up().orElse(false) && w.up().isPresent() && !w.up().get()) {
            drop(ref, r -> r instanceof Neighbour || r instanceof Route || isIpv6(r));
        }
    }

    private static boolean isIpv6(Resource resource) {
        return resource instanceof Address address && !address.prefix().isIpv4();
    }

    private void move(Step.Move move) {
        LinkRef to = new LinkRef(move.namespace(), move.resource().name());
        requireFree(to);
        ObservedLink there = need(move.from());
        links.remove(move.from());
        drop(move.from(), r -> true);
        String alias = move.mark() ? Ownership.alias(move.resource().owner()) : "";
        links.put(
                to,
                up(
                        new ObservedLink(
                                there.index(),
                                to.name(),
                                there.kindName(),
                                there.kind(),
                                alias,
                                Optional.empty(),
                                0,
                                there.lowerIndex(),
                                there.lowerElsewhere(),
                                there.settings(),
                                BridgePort.NONE,
                                true),
                        false));
    }

    private void removeLink(LinkRef ref) {
        ObservedLink gone = links.remove(ref);
        if (gone == null) {
            return;
        }
        drop(ref, r -> true);
        for (Map.Entry<LinkRef, ObservedLink> other : List.copyOf(links.entrySet())) {
            ObservedLink link = other.getValue();
            if (link.lowerIndex() == gone.index()) {
                removeLink(other.getKey());
            } else if (link.masterIndex() == gone.index()) {
                drop(other.getKey(), r -> r instanceof FdbEntry entry && entry.isMaster());
                links.put(
                        other.getKey(),
                        new ObservedLink(
                                link.index(),
                                link.name(),
                                link.kindName(),
                                link.kind(),
                                link.alias(),
                                Optional.empty(),
                                0,
                                link.lowerIndex(),
                                link.lowerElsewhere(),
                                link.settings(),
                                BridgePort.NONE,
                                true));
            }
        }
    }

    /** Drops what is on a link, and of routes by several links what is left of them in IPv4. */
    private void drop(LinkRef ref, Predicate<Resource> which) {
        objects(ref.namespace())
                .removeIf(object ->
                        which.test(object.resource())
                                && object.resource().devices().contains(ref.name()));
    }

    private void create(NamespaceId namespace, Resource resource) {
        if (resource instanceof Sysctl sysctl && !sysctl.required()) {
            return; // one that this kernel lacks
        }
        for (String device : resource.devices()) {
            if (!links.containsKey(new LinkRef(namespace, device))) {
                throw new IllegalStateException(resource.key() + ": ENODEV");
            }
        }
        ResourceKey place = place(resource);
        for (Observed there : objects(namespace)) {
            if (place(there.resource()).equals(place)
                    && !(resource instanceof Sysctl)
                    && !(resource instanceof Route route && route.prepend())) {
                throw new IllegalStateException(resource.key() + ": EEXIST");
            }
        }
        objects(namespace)
                .removeIf(o -> o.resource() instanceof Sysctl && place(o.resource()).equals(place));
        Mark mark =
                switch (resource) {
                    case Sysctl _, FdbEntry _ -> Mark.NONE;
                    case NftChain _ -> Mark.FOREIGN;
                    default -> Mark.OURS;
                };
        Resource stored = resource instanceof Route route ? withoutPrepend(route) : resource;
        objects(namespace).add(new Observed(stored, mark));
    }

    private static Resource withoutPrepend(Route r) {
        return new Route(
                r.destination(),
                r.relation(),
                r.type(),
                r.nextHops(),
                r.table(),
                r.metric(),
                r.scope(),
                r.source(),
                r.mtu(),
                r.advMss(),
                false);
    }

    /** What the kernel tells objects apart by. */
    private static ResourceKey place(Resource resource) {
        return resource instanceof Route route ? RouteHandler.place(route) : resource.key();
    }

    private void remove(NamespaceId namespace, Resource resource) {
        ResourceKey place = place(resource);
        boolean removed =
                objects(namespace)
                        .removeIf(object ->
                                object.mark() != Mark.FOREIGN
                                        && place(object.resource()).equals(place)
                                        && (!(resource instanceof Route route)
                                                || !route.prepend()
                                                || route.nextHops()
                                                        .equals(
                                                                ((Route) object.resource())
                                                                        .nextHops())));
        if (resource instanceof NftChain) {
            objects(namespace).removeIf(o -> o.resource().key().equals(place));
        }
        if (removed && resource instanceof Address address) {
            removed(namespace, address);
        }
    }

    private void removed(NamespaceId namespace, Address address) {
        InetAddress gone = address.prefix().address();
        boolean last =
                gone instanceof Inet4Address
                        && objects(namespace).stream()
                                .noneMatch(o ->
                                        o.resource() instanceof Address other
                                                && other.device().equals(address.device())
                                                && other.prefix().isIpv4());
        boolean elsewhere =
                objects(namespace).stream()
                        .anyMatch(o ->
                                o.resource() instanceof Address other
                                        && other.prefix().address().equals(gone));
        objects(namespace)
                .removeIf(o ->
                        switch (o.resource()) {
                            case Route route ->
                                    (last
                                                    && route.isIpv4()
                                                    && route.devices().contains(address.device()))
                                            || (!elsewhere
                                                    && route.source().equals(Optional.of(gone)));
                            case Neighbour neighbour ->
                                    last
                                            && neighbour.device().equals(address.device())
                                            && neighbour.address() instanceof Inet4Address;
                            default -> false;
                        });
    }
}
