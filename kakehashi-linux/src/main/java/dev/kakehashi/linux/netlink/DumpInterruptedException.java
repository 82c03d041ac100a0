package dev.kakehashi.linux.netlink;

import java.io.IOException;
import java.io.Serial;
import java.util.List;

/**
 * A list that changed while it was read, again and again ({@code NLM_F_DUMP_INTR}): entries may be
 * missing or doubled. Usually passes; what was read last is in {@link #partial}.
 */
public final class DumpInterruptedException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient List<?> partial;

    DumpInterruptedException(String request, int attempts, List<?> partial) {
        super(
                request
                        + ": the list changed during each of "
                        + attempts
                        + " attempts to read it; try again");
        this.partial = List.copyOf(partial);
    }

    /** What the last attempt read: elements of the type that was asked for. */
    public List<?> partial() {
        return partial;
    }
}
