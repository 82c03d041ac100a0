package dev.kakehashi.ipam;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The reservation directories a process has used lately, so that their content need not be read for
 * each request. One object serves all requests of a process; forgetting it costs time only.
 */
public final class ReservationDirectories {

    private static final int MOST = 256;

    private final Map<Path, ReservationDirectory> recent =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Path, ReservationDirectory> eldest) {
                    return size() > MOST;
                }
            };

    private ReservationDirectories() {}

    /** None used yet. */
    public static ReservationDirectories create() {
        return new ReservationDirectories();
    }

    synchronized ReservationDirectory at(Path directory) {
        return recent.computeIfAbsent(directory, ReservationDirectory::new);
    }
}
