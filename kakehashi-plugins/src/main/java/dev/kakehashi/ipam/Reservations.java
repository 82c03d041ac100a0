package dev.kakehashi.ipam;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of the reservations of one network, found by file, address and owner in the same
 * time however many there are.
 */
final class Reservations {
    private final Map<String, Reservation> byFile = new HashMap<>();

    /** Several files may spell one address, though nobody makes them so. */
    private final Map<IpNumber, List<Reservation>> byAddress = new HashMap<>();

    private final Map<Optional<Owner>, List<Reservation>> byOwner = new HashMap<>();

    void add(Reservation reservation) {
        remove(reservation.file());
        byFile.put(reservation.file(), reservation);
        byAddress.computeIfAbsent(reservation.address(), a -> new ArrayList<>(1)).add(reservation);
        byOwner.computeIfAbsent(reservation.owner(), o -> new ArrayList<>(1)).add(reservation);
    }

    void remove(String file) {
        Reservation gone = byFile.remove(file);
        if (gone != null) {
            remove(byAddress, gone.address(), gone);
            remove(byOwner, gone.owner(), gone);
        }
    }

    private static <K> void remove(
            Map<K, List<Reservation>> index, K key, Reservation reservation) {
        List<Reservation> entries = index.getOrDefault(key, List.of());
        entries.removeIf(entry -> entry.file().equals(reservation.file()));
        if (entries.isEmpty()) {
            index.remove(key);
        }
    }

    void clear() {
        byFile.clear();
        byAddress.clear();
        byOwner.clear();
    }

    /** Forgets all but those of some files. */
    void retain(Set<String> files) {
        for (String file : List.copyOf(byFile.keySet())) {
            if (!files.contains(file)) {
                remove(file);
            }
        }
    }

    boolean contains(String file) {
        return byFile.containsKey(file);
    }

    List<Reservation> all() {
        return List.copyOf(byFile.values());
    }

    List<Reservation> of(IpNumber address) {
        return List.copyOf(byAddress.getOrDefault(address, List.of()));
    }

    List<Reservation> of(Optional<Owner> owner) {
        return List.copyOf(byOwner.getOrDefault(owner, List.of()));
    }

    /** The addresses that are held: a view. */
    Set<IpNumber> addresses() {
        return Collections.unmodifiableSet(byAddress.keySet());
    }

    boolean hasWrittenBefore(Instant moment) {
        for (Reservation reservation : byFile.values()) {
            if (reservation.written().isBefore(moment)) {
                return true;
            }
        }
        return false;
    }
}
