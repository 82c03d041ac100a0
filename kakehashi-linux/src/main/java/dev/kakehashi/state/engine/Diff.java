package dev.kakehashi.state.engine;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;

/** The difference between what is desired and what was seen. Pure. */
public final class Diff {
    private Diff() {}

    /** What makes everything desired so. */
    public static Plan between(DesiredState desired, ObservedState observed) {
        return between(desired, DesiredState.EMPTY, observed);
    }

    /**
     * What makes everything desired so and then removes what is no longer wanted. What is wanted
     * and unwanted both is wanted.
     *
     * @param unwanted what was desired once; of it, what is shared or not ours stays
     */
    public static Plan between(
            DesiredState desired, DesiredState unwanted, ObservedState observed) {
        Scene scene = new Scene(desired, observed);
        new LinkDiff(scene).run();
        scene.fallout().qdiscs(desired, observed);
        scene.fallout().addresses(desired, unwanted, observed);
        for (NamespaceId namespace : desired.namespaces()) {
            for (Resource resource : desired.byKey(namespace).values()) {
                if (!(resource instanceof Link)) {
                    Handlers.of(resource).diff(namespace, resource, scene);
                }
            }
        }
        if (!unwanted.isEmpty()) {
            new Retirement(scene).run(unwanted.minus(desired));
        }
        new RouteMtus(scene).run();
        return scene.plan();
    }
}
