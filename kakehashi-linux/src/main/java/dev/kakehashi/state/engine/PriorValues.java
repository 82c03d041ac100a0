package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.ResourceKey;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What objects that can bear no mark were before we changed them: the only thing about kernels that
 * is not written in kernels. Implementations are safe for use by several threads.
 */
public interface PriorValues {
    /** The value of what was not there. */
    String ABSENT = "";

    /** The value before the first change, if one is on record. */
    Optional<String> find(NamespaceId namespace, ResourceKey key);

    /** Records the value before a change, unless one is on record; before the kernel is touched. */
    void record(NamespaceId namespace, ResourceKey key, String value) throws IOException;

    /** Forgets what was given back. */
    void forget(NamespaceId namespace, ResourceKey key) throws IOException;

    /**
     * A record in a file, which is replaced as a whole at each change and counts until the machine
     * starts again.
     *
     * @param file its directory must be there
     * @throws IOException if there is a file that cannot be read
     */
    static PriorValues onDisk(Path file) throws IOException {
        return PriorValuesFile.open(file);
    }

    /** A record that lasts as long as the process. */
    static PriorValues inMemory() {
        record Where(NamespaceId namespace, ResourceKey key) {
            // Written out: see NetnsId.equals.
            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof Where where
                        && key.equals(where.key)
                        && namespace.equals(where.namespace);
            }

            @Override
            public int hashCode() {
                return 31 * key.hashCode() + namespace.hashCode();
            }
        }
        Map<Where, String> values = new ConcurrentHashMap<>();
        return new PriorValues() {
            @Override
            public Optional<String> find(NamespaceId namespace, ResourceKey key) {
                return Optional.ofNullable(values.get(new Where(namespace, key)));
            }

            @Override
            public void record(NamespaceId namespace, ResourceKey key, String value) {
                values.putIfAbsent(new Where(namespace, key), value);
            }

            @Override
            public void forget(NamespaceId namespace, ResourceKey key) {
                values.remove(new Where(namespace, key));
            }
        };
    }
}
