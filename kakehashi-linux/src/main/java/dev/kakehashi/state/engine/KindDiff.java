package dev.kakehashi.state.engine;

import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;

import java.util.Optional;

/** The difference of kinds of links: which attributes can change in place and which cannot. */
final class KindDiff {
    private KindDiff() {}

    static String name(LinkKind kind) {
        return kind.toString();
    }

    static boolean sameKind(LinkKind wanted, ObservedLink there) {
        return true;
    }

    /** Whether the link must be made anew to become as wanted. */
    static boolean needsNew(LinkKind wanted, ObservedLink there) {
        return false;
    }

    /** What a shared link has otherwise than we would have made it. */
    static Optional<String> difference(LinkKind wanted, ObservedLink there) {
        return Optional.empty();
    }

    /** The origin with the attributes that were found, if they are ours to change. */
    static LinkOrigin originBefore(Link link, ObservedLink there) {
        return link.origin();
    }
}
