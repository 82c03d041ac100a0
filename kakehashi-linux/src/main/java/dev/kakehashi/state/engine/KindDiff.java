package dev.kakehashi.state.engine;

import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.Relation;

import java.util.Optional;

/** The difference of kinds of links: which attributes can change in place and which cannot. */
final class KindDiff {
    private KindDiff() {}

    static boolean sameKind(LinkKind wanted, ObservedLink there) {
        return wanted.name().equals(there.kindName());
    }

    /** Whether the link must be made anew to become as wanted. */
    static boolean needsNew(LinkKind wanted, ObservedLink there) {
        return there.kind().isEmpty()
                || (!wanted.matches(there.kind().get())
                        && !wanted.changeableFrom(there.kind().get()));
    }

    /** What a shared link has otherwise than we would have made it. */
    static Optional<String> difference(LinkKind wanted, ObservedLink there) {
        if (there.kind().isEmpty() || wanted.matches(there.kind().get())) {
            return Optional.empty();
        }
        return Optional.of("it is" + there.kind().get().options() + ", wanted" + wanted.options());
    }

    /** The origin as it was found, if its attributes differ and are ours to change. */
    static LinkOrigin originBefore(Link link, ObservedLink there) {
        if (link.relation() == Relation.OWNED
                && link.origin() instanceof LinkOrigin.Created created
                && there.kind().isPresent()
                && !created.kind().matches(there.kind().get())) {
            return new LinkOrigin.Created(there.kind().get());
        }
        return link.origin();
    }
}
