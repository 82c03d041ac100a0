package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.store.KeySpace;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.StoreProvider;

/** Opens {@code etcd://HOST:PORT,…/PREFIX?OPTION=VALUE&…}. */
public final class EtcdStoreProvider implements StoreProvider {
    /** For {@link java.util.ServiceLoader}. */
    public EtcdStoreProvider() {}

    @Override
    public String scheme() {
        return EtcdOptions.SCHEME;
    }

    @Override
    public Store open(StoreAddress address, String writer) throws StoreException {
        try {
            return EtcdStore.open(EtcdOptions.of(address));
        } catch (IllegalArgumentException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public KeySpace openKeys(StoreAddress address) throws StoreException {
        try {
            return EtcdKeySpace.open(EtcdOptions.of(address));
        } catch (IllegalArgumentException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
    }
}
