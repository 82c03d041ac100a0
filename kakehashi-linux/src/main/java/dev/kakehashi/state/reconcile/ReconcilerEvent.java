package dev.kakehashi.state.reconcile;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.ResourceKey;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a reconciler tells. The text of each is a sentence for a log. */
public sealed interface ReconcilerEvent {

    /**
     * An object had departed from what is desired and was put right. One event for each cause: what
     * vanished with a link is told with the link.
     *
     * @param namespace where
     * @param key which object
     * @param what what it is and what had happened to it, for example {@code vxlan kakehashi.1
     *     deleted}
     * @param remedy what was done, for example {@code made again}
     * @param along what had vanished with it and was made again, too
     * @param notice how it came to be noticed
     */
    record Healed(
            NamespaceId namespace,
            ResourceKey key,
            String what,
            String remedy,
            List<ResourceKey> along,
            Notice notice)
            implements ReconcilerEvent {
        public Healed {
            along = List.copyOf(along);
        }

        /**
         * What people call each of the objects, for example {@code route}; the first one's first.
         */
        public List<String> kinds() {
            List<String> kinds = new ArrayList<>();
            kinds.add(Counts.kind(key));
            along.forEach(other -> kinds.add(Counts.kind(other)));
            return kinds;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(what).append("; ").append(remedy);
            if (!along.isEmpty()) {
                text.append(", with ").append(Counts.of(along));
            }
            if (!namespace.equals(NamespaceId.HOST)) {
                text.append(" (namespace ").append(namespace).append(')');
            }
            return text.toString();
        }
    }

    /**
     * Not everything could be put right. Told once for each reason; attempts go on.
     *
     * @param reason which object and why
     * @param next when the next attempt is made, unless the kernel tells of a change before
     */
    record Failed(String reason, Duration next) implements ReconcilerEvent {
        @Override
        public String toString() {
            return "cannot be put right: "
                    + reason
                    + "; next attempt in "
                    + next.toMillis()
                    + " ms";
        }
    }

    /**
     * Objects depart again and again soon after they were put right: somebody else wants them
     * otherwise. From now on healing them is slower, until they stay.
     *
     * @param keys which objects
     * @param pause the time between attempts
     */
    record Contested(List<ResourceKey> keys, Duration pause) implements ReconcilerEvent {
        public Contested {
            keys = List.copyOf(keys);
        }

        @Override
        public String toString() {
            return "somebody else keeps changing "
                    + keys
                    + "; from now on it is put right every "
                    + pause.toMillis()
                    + " ms only";
        }
    }

    /** What could not be put right is right again, or no longer wanted. */
    record Recovered() implements ReconcilerEvent {
        @Override
        public String toString() {
            return "all is put right";
        }
    }
}
