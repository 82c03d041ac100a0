package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.StoreProvider;

/** Opens {@code kubernetes://HOST:PORT?OPTION=VALUE&…}. */
public final class KubernetesStoreProvider implements StoreProvider {
    /** For {@link java.util.ServiceLoader}. */
    public KubernetesStoreProvider() {}

    @Override
    public String scheme() {
        return KubernetesOptions.SCHEME;
    }

    @Override
    public Store open(StoreAddress address, String writer) throws StoreException {
        try {
            return KubernetesStore.open(KubernetesOptions.of(address), writer);
        } catch (IllegalArgumentException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
    }
}
