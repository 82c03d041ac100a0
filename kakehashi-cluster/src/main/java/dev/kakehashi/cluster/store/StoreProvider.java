package dev.kakehashi.cluster.store;

/** Opens stores of one scheme; found by {@link java.util.ServiceLoader}. */
public interface StoreProvider {
    /** The scheme of the addresses that it takes, {@code etcd}. */
    String scheme();

    /**
     * Opens a store, which need not be reachable yet: what needs it fails until it is.
     *
     * @param writer under which name changes are written where the store keeps one ({@link
     *     Stores#open(StoreAddress, String)})
     * @throws StoreException when the address is wrong or what it names cannot be used
     */
    Store open(StoreAddress address, String writer) throws StoreException;

    /**
     * Opens the keys that another program has in a store of this scheme; those need not be
     * reachable yet.
     *
     * @throws StoreException when the address is wrong, or the store is not one of keys
     */
    default KeySpace openKeys(StoreAddress address) throws StoreException {
        throw new StoreException(
                address + ": a store of the scheme " + scheme() + " has no keys of other programs");
    }
}
