package dev.kakehashi.state.reconcile;

import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.state.engine.Step;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the steps of a healing say about what had happened. Pure. */
final class Remedies {
    private final Notice notice;
    private final Map<LinkRef, Cause> links = new LinkedHashMap<>();
    private final Map<LinkRef, LinkRef> nearEnds = new HashMap<>();
    private final Set<LinkRef> removed = new HashSet<>();
    private final List<ReconcilerEvent.Healed> others = new ArrayList<>();

    /** What had happened to a link, what was done, and what had gone with it. */
    private record Cause(Link link, String what, String remedy, List<ResourceKey> along) {}

    private Remedies(Notice notice) {
        this.notice = notice;
    }

    /** One event for each cause, links first. */
    static List<ReconcilerEvent.Healed> of(List<Step> steps, Notice notice) {
        Remedies remedies = new Remedies(notice);
        for (Step step : steps) {
            if (step.resource() instanceof Link link) {
                remedies.link(step, link);
            }
        }
        for (Step step : steps) {
            if (!(step.resource() instanceof Link)) {
                remedies.other(step);
            }
        }
        return remedies.events();
    }

    private List<ReconcilerEvent.Healed> events() {
        List<ReconcilerEvent.Healed> events = new ArrayList<>();
        links.forEach((ref, cause) ->
                events.add(
                        new ReconcilerEvent.Healed(
                                ref.namespace(),
                                cause.link.key(),
                                cause.what,
                                cause.remedy,
                                cause.along,
                                notice)));
        events.addAll(others);
        return events;
    }

    private void link(Step step, Link link) {
        LinkRef ref = new LinkRef(step.namespace(), link.name());
        String name = LinkWords.name(link);
        switch (step) {
            case Step.Remove _ -> removed.add(ref);
            case Step.CreatePair pair -> {
                cause(ref, link, name + " deleted", "made again");
                nearEnds.put(new LinkRef(pair.peerNamespace(), pair.peer().name()), ref);
            }
            case Step.Create _ ->
                    cause(
                            ref,
                            link,
                            name + (removed.contains(ref) ? " not as wanted" : " deleted"),
                            removed.contains(ref) ? "made anew" : "made again");
            case Step.Move move -> cause(ref, link, name + " is back in " + move.from(), "taken");
            case Step.Change change ->
                    cause(
                            ref,
                            link,
                            name + " was " + LinkWords.found(link, (Link) change.before()),
                            link.settings().wantsUp() ? "set up" : "put right");
            case Step.Configure _ -> cause(ref, link, name + " not finished", "finished");
        }
    }

    /** The first thing told of a link is the cause; but several changes are told together. */
    private void cause(LinkRef ref, Link link, String what, String remedy) {
        LinkRef near = nearEnds.getOrDefault(ref, ref);
        Cause known = links.get(near);
        if (known == null) {
            links.put(near, new Cause(link, what, remedy, new ArrayList<>()));
        } else if (known.remedy.equals("put right") && remedy.equals("set up")) {
            String both = known.what + ", " + what.substring(what.indexOf(" was ") + 5);
            links.put(near, new Cause(link, both, known.remedy, known.along));
        }
    }

    private void other(Step step) {
        Resource resource = step.resource();
        for (String device : resource.devices()) {
            LinkRef ref = new LinkRef(step.namespace(), device);
            Cause cause = links.get(nearEnds.getOrDefault(ref, ref));
            if (cause != null) {
                cause.along.add(resource.key());
                return;
            }
        }
        switch (step) {
            case Step.Change(NamespaceId _, Sysctl wanted, Sysctl before) ->
                    add(step, "was " + before.value(), "set to " + wanted.value());
            case Step.Create create when resource instanceof Sysctl sysctl ->
                    add(create, "not set", "set to " + sysctl.value());
            case Step.Change change -> add(step, "changed to: " + change.found(), "put right");
            case Step.Create _ -> add(step, "deleted", "made again");
            default -> add(step, "not wanted", "removed");
        }
    }

    private void add(Step step, String happened, String remedy) {
        ResourceKey key = step.resource().key();
        others.add(
                new ReconcilerEvent.Healed(
                        step.namespace(), key, key + " " + happened, remedy, List.of(), notice));
    }
}
