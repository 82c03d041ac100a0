package dev.kakehashi.cluster.ipam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The ledgers of this machine, one for each Network. Thread-safe. */
public final class Ledgers {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Path state;
    private final Map<String, LedgerDisk> ledgers = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private Ledgers(Path state) {
        this.state = state;
    }

    /**
     * The ledgers in a directory.
     *
     * @param state the node's state, usually {@code /var/lib/kakehashi}
     */
    public static Ledgers in(Path state) {
        return new Ledgers(state);
    }

    /**
     * The ledger of a Network.
     *
     * @param network an object's name
     * @throws IOException when the boot cannot be told
     */
    public LedgerDisk of(String network) throws IOException {
        LedgerDisk known = ledgers.get(network);
        if (known != null) {
            return known;
        }
        LedgerDisk made =
                LedgerFile.of(state, network, Files.readString(BOOT_ID).strip(), this::changed);
        LedgerDisk first = ledgers.putIfAbsent(network, made);
        return first == null ? made : first;
    }

    /**
     * From now on, calls {@code listener} after each change of a ledger that this process makes. It
     * must return at once: an ADD waits for it.
     */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** No longer calls {@code listener}. */
    public void forget(Runnable listener) {
        listeners.remove(listener);
    }

    private void changed() {
        for (Runnable listener : listeners) {
            listener.run();
        }
    }
}
