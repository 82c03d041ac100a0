package dev.kakehashi.cluster.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Keys and values of somebody else in a store of keys: read, compared and set as they are. Closing
 * it ends its watches.
 */
public interface KeySpace extends AutoCloseable {
    /** Of a key that does not exist. */
    long ABSENT = 0;

    /**
     * One key.
     *
     * @param key the whole key
     * @param value its value, as text
     * @param revision when it was last written
     * @param expires whether it goes by itself when nobody renews it
     */
    record Entry(String key, String value, long revision, boolean expires) {}

    /** What all keys of this user begin with, as the address says, without a slash at its end. */
    String prefix();

    /**
     * One key, by agreement of the servers.
     *
     * @throws StoreException when the store fails
     */
    Optional<Entry> find(String key) throws StoreException;

    /**
     * All keys that begin with {@code prefix}, in their order.
     *
     * @throws StoreException when the store fails
     */
    List<Entry> list(String prefix) throws StoreException;

    /**
     * Writes a key if nobody else has since.
     *
     * @param expected its revision; {@link #ABSENT}: it must not exist
     * @param lifetime after which it goes unless it is written again; zero: never
     * @throws ConflictException when it is another by now
     * @throws StoreException when the store fails
     */
    void put(String key, String value, long expected, Duration lifetime) throws StoreException;

    /**
     * Removes a key if nobody else has written it since.
     *
     * @throws ConflictException when it is another by now
     * @throws StoreException when the store fails
     */
    void remove(String key, long expected) throws StoreException;

    /**
     * Tells of every change of a key that begins with {@code prefix}, and when a lost connection is
     * back: then there may have been changes.
     *
     * @param changed must return soon
     */
    Watch watch(String prefix, Runnable changed);

    @Override
    void close();
}
