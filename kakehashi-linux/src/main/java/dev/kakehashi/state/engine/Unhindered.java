package dev.kakehashi.state.engine;

import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What can be done of a plan in spite of its conflicts: nothing on a link that is not ours. */
final class Unhindered {
    private Unhindered() {}

    static List<Step> steps(Plan plan) {
        if (plan.conflicts().isEmpty()) {
            return plan.steps();
        }
        Set<LinkRef> foreign = new HashSet<>();
        for (Conflict conflict : plan.conflicts()) {
            if (conflict.key() instanceof Link.Key key) {
                foreign.add(new LinkRef(conflict.namespace(), key.name()));
            }
        }
        List<Step> steps = new ArrayList<>();
        for (Step step : plan.steps()) {
            if (!touches(step, foreign)) {
                steps.add(step);
            } else if (step.resource() instanceof Link link) {
                foreign.add(new LinkRef(step.namespace(), link.name()));
            }
        }
        return steps;
    }

    private static boolean touches(Step step, Set<LinkRef> foreign) {
        if (!(step.resource() instanceof Link link)) {
            for (String device : step.resource().devices()) {
                if (foreign.contains(new LinkRef(step.namespace(), device))) {
                    return true;
                }
            }
            return false;
        }
        return foreign.contains(new LinkRef(step.namespace(), link.name()))
                || (link.master().isPresent()
                        && foreign.contains(new LinkRef(step.namespace(), link.master().get())))
                || (link.parent().isPresent() && foreign.contains(link.parent().get()))
                || (link.origin() instanceof LinkOrigin.VethEnd end
                        && foreign.contains(end.peer()));
    }
}
