package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the engine must know of one kind of resource. Links, which others hang on, have a difference
 * of their own; all others follow one rule: what is as wanted is left alone whoever made it, what
 * is ours is put right, what is not ours is never changed.
 */
abstract class Handler<R extends Resource> {
    /** When it is made. */
    abstract Phase phase(R resource);

    /** When it is made again if the plan itself makes the kernel take it away. */
    Phase renewal(R resource) {
        return phase(resource);
    }

    /** Whether nothing is left of it when certain links go. */
    boolean goesWith(R resource, Predicate<String> gone) {
        for (String device : resource.devices()) {
            if (gone.test(device)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what was seen is as wanted. */
    abstract boolean same(R wanted, R found);

    /** Whether what was seen will do, whoever made it. */
    boolean satisfies(R wanted, Observed found) {
        return same(wanted, cast(found.resource()));
    }

    /** Whether something not ours may be replaced all the same, like a learned neighbour. */
    boolean replaceable(Observed found) {
        return false;
    }

    /** The command that makes it, or makes it so in place of what is there. */
    abstract List<String> createCommands(NamespaceId namespace, R resource, boolean replace);

    /** The command that removes it. */
    abstract List<String> removeCommands(NamespaceId namespace, R resource);

    /** The commands that change it. */
    List<String> changeCommands(NamespaceId namespace, R resource, R before) {
        return createCommands(namespace, resource, true);
    }

    /** What was seen in its place. */
    List<Observed> find(NamespaceId namespace, R resource, Scene scene) {
        return scene.observed(namespace).objects(resource.key());
    }

    /** What was seen in its place or would keep it from being made. */
    List<Observed> findInTheWay(NamespaceId namespace, R resource, Scene scene) {
        return find(namespace, resource, scene);
    }

    /** What it takes to make what was seen as wanted. */
    void diff(NamespaceId namespace, R wanted, Scene scene) {
        boolean lost = scene.fallout().reaches(namespace, wanted);
        Phase phase = lost ? renewal(wanted) : phase(wanted);
        List<Observed> found = whatStays(namespace, findInTheWay(namespace, wanted, scene), scene);
        if (!isOnReplacedLink(namespace, wanted, scene)) {
            for (Observed object : found) {
                if (satisfies(wanted, object)) {
                    if (lost) {
                        scene.add(phase, new Step.Change(namespace, wanted, wanted));
                    }
                    return;
                }
            }
        }
        if (found.isEmpty()) {
            scene.add(phase, new Step.Create(namespace, wanted, false));
            return;
        }
        Observed object = found.getFirst();
        if (mayChange(namespace, object, scene)) {
            scene.add(phase, new Step.Change(namespace, wanted, object.resource()));
        } else {
            scene.conflict(namespace, wanted, describe(object));
        }
    }

    /** What it takes to take away what is no longer wanted. */
    void retire(NamespaceId namespace, R unwanted, Scene scene) {
        if (unwanted.relation() == Relation.SHARED
                || goesWithReplaced(namespace, unwanted, scene)) {
            return;
        }
        for (Observed object : find(namespace, unwanted, scene)) {
            R found = cast(object.resource());
            boolean ours =
                    object.mark() == Mark.OURS
                            || (object.mark() == Mark.NONE && same(unwanted, found));
            if (ours && scene.fallout().mayTake(namespace, found)) {
                scene.add(Phase.DOOMED, new Step.Remove(namespace, found));
            } else if (ours) {
                remove(namespace, found, scene);
            }
        }
    }

    /** Removes, after all that is wanted has been made. */
    void remove(NamespaceId namespace, R found, Scene scene) {
        scene.remove(new Step.Remove(namespace, found));
    }

    /** Without what goes with links that are made anew. */
    private List<Observed> whatStays(NamespaceId namespace, List<Observed> found, Scene scene) {
        List<Observed> stays = found;
        for (Observed object : found) {
            if (goesWithReplaced(namespace, cast(object.resource()), scene)) {
                stays = new ArrayList<>(found);
                stays.removeIf(o -> goesWithReplaced(namespace, cast(o.resource()), scene));
                break;
            }
        }
        return stays;
    }

    private boolean goesWithReplaced(NamespaceId namespace, R resource, Scene scene) {
        return goesWith(resource, device -> scene.isReplaced(namespace, device));
    }

    private static boolean isOnReplacedLink(NamespaceId namespace, Resource resource, Scene scene) {
        for (String device : resource.devices()) {
            if (scene.isReplaced(namespace, device)) {
                return true;
            }
        }
        return false;
    }

    private boolean mayChange(NamespaceId namespace, Observed object, Scene scene) {
        if (object.mark() == Mark.OURS || replaceable(object)) {
            return true;
        }
        for (String device : object.resource().devices()) {
            if (scene.isOurs(namespace, device)) {
                return true;
            }
        }
        return false;
    }

    private String describe(Observed object) {
        return "there is another already, not ours: " + StepText.describe(object.resource());
    }

    /** Objects are found by keys, and keys tell kinds apart. */
    @SuppressWarnings("unchecked")
    private R cast(Resource resource) {
        return (R) resource;
    }
}
