package dev.kakehashi.state.engine;

import java.io.IOException;
import java.io.Serial;
import java.util.List;

/** Something wanted is in the way of something that is not ours. Nothing was changed. */
public final class ConflictException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient List<Conflict> conflicts;

    ConflictException(List<Conflict> conflicts) {
        super(text(conflicts));
        this.conflicts = List.copyOf(conflicts);
    }

    /** Each object in the way. */
    public List<Conflict> conflicts() {
        return conflicts;
    }

    private static String text(List<Conflict> conflicts) {
        StringBuilder text = new StringBuilder();
        for (Conflict conflict : conflicts) {
            text.append(text.isEmpty() ? "" : "\n").append(conflict);
        }
        return text.toString();
    }
}
