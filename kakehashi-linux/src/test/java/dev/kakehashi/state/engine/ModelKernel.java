package dev.kakehashi.state.engine;

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
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a kernel does with steps, as far as plans have to reckon with it: names that are taken, and
 * what goes by itself when something else goes.
 */
final class ModelKernel {
    private final Map<LinkRef, ObservedLink> links = new LinkedHashMap<>();
    private final Map<NamespaceId, ModelObjects> objects = new HashMap<>();
    private int lastIndex;

    void add(NamespaceId namespace, String name, String kind, Link as) {
        LinkRef ref = new LinkRef(namespace, name);
        links.put(ref, link(ref, kind, as, 0, false));
    }

    void add(NamespaceId namespace, Resource resource, Mark mark) {
        objects(namespace).all().add(new Observed(resource, mark));
    }

    private ModelObjects objects(NamespaceId namespace) {
        return objects.computeIfAbsent(namespace, n -> new ModelObjects());
    }

    /** All that is in it. */
    ObservedState observe() {
        Map<NamespaceId, ObservedNamespace.Builder> seen = new HashMap<>();
        links.forEach((ref, link) ->
                seen.computeIfAbsent(ref.namespace(), n -> new ObservedNamespace.Builder())
                        .add(link));
        objects.forEach((namespace, all) ->
                all.all()
                        .forEach(object ->
                                seen.computeIfAbsent(
                                                namespace, n -> new ObservedNamespace.Builder())
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
                all.all()
                        .forEach(object -> {
                            if (object.mark() == Mark.FOREIGN
                                    && !(object.resource() instanceof NftChain)) {
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
                links.put(ref, ModelLink.marked(need(ref), Ownership.alias(link.owner())));
            }
            case Step.Move move -> move(move);
            case Step.Remove remove when remove.resource() instanceof Link link ->
                    removeLink(new LinkRef(namespace, link.name()));
            case Step.Create create -> create(namespace, create.resource());
            case Step.Change change -> {
                objects(namespace).remove(change.before());
                objects(namespace).remove(change.resource());
                create(namespace, change.resource());
            }
            case Step.Remove remove -> objects(namespace).remove(remove.resource());
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
            made = ModelLink.marked(made, "");
        }
        links.put(ref, ModelLink.up(made, step.up()));
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
        links.put(near, ModelLink.up(one, pair.resource().settings().wantsUp()));
        links.put(far, ModelLink.up(ModelLink.marked(other, ""), false));
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

    private void create(NamespaceId namespace, Resource resource) {
        resource.devices().forEach(device -> need(new LinkRef(namespace, device)));
        objects(namespace).create(resource);
    }

    private ObservedLink link(LinkRef ref, String kind, Link link, int lower, boolean elsewhere) {
        return ModelLink.made(
                ++lastIndex, kind, link, master(ref, link.master()), lower, elsewhere);
    }

    private int master(LinkRef ref, Optional<String> name) {
        return name.map(master -> need(new LinkRef(ref.namespace(), master)).index()).orElse(0);
    }

    private void change(LinkRef ref, Link link, Link before) {
        ObservedLink there = need(ref);
        LinkSettings w = link.settings();
        LinkSettings s = there.settings();
        boolean newMaster = !link.master().equals(before.master());
        Optional<String> master = newMaster ? link.master() : there.master();
        links.put(ref, ModelLink.told(there, link, master, master(ref, master)));
        if (newMaster) {
            objects(ref.namespace())
                    .drop(ref.name(), r -> r instanceof FdbEntry entry && entry.isMaster());
        }
        if (w.mac().isPresent() && !w.mac().equals(s.mac())) {
            objects(ref.namespace()).drop(ref.name(), r -> r instanceof Neighbour);
        }
        if (s.up().orElse(false) && w.up().isPresent() && !w.up().get()) {
            objects(ref.namespace())
                    .drop(
                            ref.name(),
                            r -> r instanceof Neighbour || r instanceof Route || isIpv6(r));
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
        objects(move.from().namespace()).drop(move.from().name(), r -> true);
        String alias = move.mark() ? Ownership.alias(move.resource().owner()) : "";
        links.put(to, ModelLink.moved(there, to.name(), alias));
    }

    private void removeLink(LinkRef ref) {
        ObservedLink gone = links.remove(ref);
        if (gone == null) {
            return;
        }
        objects(ref.namespace()).drop(ref.name(), r -> true);
        for (Map.Entry<LinkRef, ObservedLink> other : List.copyOf(links.entrySet())) {
            ObservedLink link = other.getValue();
            if (link.lowerIndex() == gone.index()) {
                removeLink(other.getKey());
            } else if (link.masterIndex() == gone.index()) {
                objects(other.getKey().namespace())
                        .drop(
                                other.getKey().name(),
                                r -> r instanceof FdbEntry entry && entry.isMaster());
                links.put(other.getKey(), ModelLink.withoutMaster(link));
            }
        }
    }
}
