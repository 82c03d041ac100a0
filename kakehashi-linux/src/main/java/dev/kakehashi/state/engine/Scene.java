package dev.kakehashi.state.engine;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a difference is made from, and what has come of it so far. */
final class Scene {
    private final DesiredState desired;
    private final ObservedState observed;
    private final Fallout fallout = new Fallout();
    private final Set<LinkRef> replaced = new HashSet<>();
    private final List<Step> links = new ArrayList<>();
    private final Map<NamespaceId, Map<Phase, List<Step>>> steps = new LinkedHashMap<>();
    private final List<Step> removals = new ArrayList<>();
    private final List<Conflict> conflicts = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    Scene(DesiredState desired, ObservedState observed) {
        this.desired = desired;
        this.observed = observed;
    }

    DesiredState desired() {
        return desired;
    }

    ObservedNamespace observed(NamespaceId namespace) {
        return observed.in(namespace);
    }

    /** What the kernel takes away on its own because of this plan. */
    Fallout fallout() {
        return fallout;
    }

    /** Says that a link is not what was seen: new, made anew, or gone with its lower link. */
    void replaced(LinkRef link) {
        replaced.add(link);
    }

    /** Whether nothing that was seen on a link is there any more. */
    boolean isReplaced(NamespaceId namespace, String device) {
        return !replaced.isEmpty() && replaced.contains(new LinkRef(namespace, device));
    }

    /** Whether a link bears our mark or is about to. */
    boolean isOurs(NamespaceId namespace, String device) {
        return isOurs(desired, observed, namespace, device);
    }

    static boolean isOurs(
            DesiredState desired, ObservedState observed, NamespaceId namespace, String device) {
        if (desired.byKey(namespace).get(new Link.Key(device)) instanceof Link link
                && link.relation() == Relation.OWNED) {
            return true;
        }
        return observed.in(namespace)
                .link(device)
                .map(link -> Ownership.isOurAlias(link.alias()))
                .orElse(false);
    }

    /** Adds a step that makes, removes or changes a link before anything is put on it. */
    void link(Step step) {
        links.add(step);
    }

    /** Whether a link is made or changed. */
    boolean changesLinks() {
        return !links.isEmpty();
    }

    /** Whether a link is removed behind everything else. */
    boolean removesLinks() {
        for (Step step : removals) {
            if (step.resource() instanceof Link) {
                return true;
            }
        }
        return false;
    }

    /** Adds a step of a later phase. */
    void add(Phase phase, Step step) {
        steps.computeIfAbsent(step.namespace(), n -> new EnumMap<>(Phase.class))
                .computeIfAbsent(phase, p -> new ArrayList<>())
                .add(step);
    }

    /** Adds a step that removes what is no longer wanted. */
    void remove(Step step) {
        removals.add(step);
    }

    void conflict(NamespaceId namespace, Resource wanted, String found) {
        conflict(namespace, wanted.key(), found, StepText.describe(wanted));
    }

    void conflict(NamespaceId namespace, ResourceKey key, String found, String wanted) {
        conflicts.add(new Conflict(namespace, key, found, wanted));
    }

    void remark(NamespaceId namespace, ResourceKey key, String text) {
        remarks.add(key + " in namespace " + namespace + ": " + text);
    }

    /**
     * Links of all namespaces first, since pairs and lower links join namespaces; then namespace by
     * namespace, so that each is entered once; then what is no longer wanted.
     */
    Plan plan() {
        List<Step> all = new ArrayList<>(links);
        for (NamespaceId namespace : desired.namespaces()) {
            Map<Phase, List<Step>> phases = steps.remove(namespace);
            if (phases != null) {
                phases.values().forEach(all::addAll);
            }
        }
        steps.values().forEach(phases -> phases.values().forEach(all::addAll));
        all.addAll(removals);
        return new Plan(all, conflicts, remarks);
    }
}
