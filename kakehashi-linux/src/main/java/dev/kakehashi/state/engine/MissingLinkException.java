package dev.kakehashi.state.engine;

import dev.kakehashi.state.LinkRef;

import java.io.IOException;
import java.io.Serial;

/** A link that something wanted hangs on is not there. */
public final class MissingLinkException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    MissingLinkException(LinkRef link) {
        super("there is no link " + link.name() + " in namespace " + link.namespace());
    }
}
