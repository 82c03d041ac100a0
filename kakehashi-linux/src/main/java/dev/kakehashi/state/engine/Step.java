package dev.kakehashi.state.engine;

import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Sysctl;

import java.util.List;
import java.util.Optional;

/** One change of one kernel object. It prints as the commands that would do the same. */
public sealed interface Step {
    /** Where the object is. */
    NamespaceId namespace();

    /** The namespace it is done from: where the link is that it begins with. */
    default NamespaceId executedIn() {
        return namespace();
    }

    /** What it is about. */
    Resource resource();

    /** The same as commands, one a line. */
    default List<String> commands() {
        return StepText.of(this);
    }

    /** What takes the step back, if anything can. */
    Optional<Step> inverse();

    /**
     * Makes an object that is not there.
     *
     * @param up for a link: whether it is up at once
     */
    record Create(NamespaceId namespace, Resource resource, boolean up) implements Step {
        @Override
        public NamespaceId executedIn() {
            return resource instanceof Link link && link.parent().isPresent()
                    ? link.parent().get().namespace()
                    : namespace;
        }

        @Override
        public Optional<Step> inverse() {
            // A switch of a new link goes with it. What is shared may have found users meanwhile.
            return resource instanceof Sysctl || resource.relation() == Relation.SHARED
                    ? Optional.empty()
                    : Optional.of(new Remove(namespace, resource));
        }
    }

    /**
     * Makes a veth pair.
     *
     * @param resource the end that the pair is made from, up at once if it is to be up
     * @param peerNamespace where the other end goes
     * @param peer the other end, of which only the name, the hardware address and the MTU are set
     */
    record CreatePair(NamespaceId namespace, Link resource, NamespaceId peerNamespace, Link peer)
            implements Step {
        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Remove(namespace, resource));
        }
    }

    /**
     * Tells a link that an earlier step made what it could not be told at its making.
     *
     * @param resource only what is told
     */
    record Configure(NamespaceId namespace, Link resource) implements Step {
        @Override
        public Optional<Step> inverse() {
            return Optional.empty(); // it goes with the link
        }
    }

    /**
     * Takes a link out of another namespace.
     *
     * @param namespace where it goes
     * @param resource its name there
     * @param from where it was
     * @param mark whether it becomes ours; else it is given back and the mark is taken off
     */
    record Move(NamespaceId namespace, Link resource, LinkRef from, boolean mark) implements Step {
        @Override
        public NamespaceId executedIn() {
            return from.namespace();
        }

        @Override
        public Optional<Step> inverse() {
            LinkRef here = new LinkRef(namespace, resource.name());
            Link back = Link.existing(from.name()).build();
            return Optional.of(new Move(from.namespace(), back, here, !mark));
        }
    }

    /**
     * Changes an object.
     *
     * @param resource how it shall be; for a link: only what changes
     * @param before how it was; for a link: the same parts
     */
    record Change(NamespaceId namespace, Resource resource, Resource before) implements Step {
        @Override
        public Optional<Step> inverse() {
            return isShared()
                    ? Optional.empty()
                    : Optional.of(new Change(namespace, before, resource));
        }

        /** What was found in its place, as the arguments of the command that makes it. */
        public String found() {
            return StepText.describe(before);
        }

        /** A link that exists is not shared in the sense that others come to need our change. */
        private boolean isShared() {
            return resource.relation() == Relation.SHARED
                    && !(resource instanceof Link link
                            && link.origin() instanceof LinkOrigin.Existing);
        }
    }

    /**
     * Removes an object.
     *
     * @param resource how it was
     */
    record Remove(NamespaceId namespace, Resource resource) implements Step {
        @Override
        public Optional<Step> inverse() {
            // A link's addresses, routes and ports went with it: nothing brings that back.
            return resource instanceof Link
                    ? Optional.empty()
                    : Optional.of(new Create(namespace, resource, false));
        }
    }
}
