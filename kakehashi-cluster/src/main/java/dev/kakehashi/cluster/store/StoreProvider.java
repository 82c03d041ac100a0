package dev.kakehashi.cluster.store;

/** Opens stores of one scheme; found by {@link java.util.ServiceLoader}. */
public interface StoreProvider {
    /** The scheme of the addresses that it takes, {@code etcd}. */
    String scheme();

    /**
     * Opens a store, which need not be reachable yet: what needs it fails until it is.
     *
     * @throws StoreException when the address is wrong or what it names cannot be used
     */
    Store open(StoreAddress address) throws StoreException;
}
