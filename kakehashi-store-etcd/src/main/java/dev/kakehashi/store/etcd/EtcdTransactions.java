package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;

import java.util.List;
import java.util.Optional;

/** Reads and changes single objects, changes by transactions that compare first. */
final class EtcdTransactions {
    /** {@code mod_revision} of a key that does not exist. */
    private static final long ABSENT = 0;

    private final EtcdConnection connection;

    EtcdTransactions(EtcdConnection connection) {
        this.connection = connection;
    }

    /** The key's pair as it is now, by agreement of the members. */
    Optional<KeyValue> pair(EtcdKeys<?> keys, String name) throws StoreException {
        List<KeyValue> found =
                connection
                        .answer(
                                "read " + describe(keys, name),
                                connection.client().getKVClient().get(keys.key(name)))
                        .getKvs();
        return found.stream().findFirst();
    }

    <T extends ClusterObject> Optional<Stored<T>> find(EtcdKeys<T> keys, String name)
            throws StoreException {
        Optional<KeyValue> pair = pair(keys, name);
        try {
            return pair.isEmpty() ? Optional.empty() : Optional.of(keys.decode(name, pair.get()));
        } catch (InvalidObjectException e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    <T extends ClusterObject> Stored<T> create(EtcdKeys<T> keys, T object) throws StoreException {
        return put(keys, object, ABSENT, PutOption.DEFAULT);
    }

    <T extends ClusterObject> Stored<T> replace(EtcdKeys<T> keys, T object, Version expected)
            throws StoreException {
        return put(keys, object, revision(keys, object.name(), expected), PutOption.DEFAULT);
    }

    /** Writes the object if its key was last changed at {@code expected}; 0: if there is none. */
    <T extends ClusterObject> Stored<T> put(
            EtcdKeys<T> keys, T object, long expected, PutOption option) throws StoreException {
        byte[] octets = ObjectValue.encode(keys.kind(), object);
        ByteSequence value = ByteSequence.from(octets);
        long revision =
                change(
                        "write",
                        keys,
                        object.name(),
                        expected,
                        Op.put(keys.key(object.name()), value, option));
        Version version = new Version(Long.toString(revision));
        try {
            return ObjectValue.decode(keys.kind(), object.name(), octets, version);
        } catch (InvalidObjectException e) {
            throw new StoreException(e.getMessage(), e); // encode has tried it
        }
    }

    void remove(EtcdKeys<?> keys, String name, Version expected) throws StoreException {
        long revision = revision(keys, name, expected);
        long _ =
                change(
                        "remove",
                        keys,
                        name,
                        revision,
                        Op.delete(keys.key(name), DeleteOption.DEFAULT));
    }

    private long change(String verb, EtcdKeys<?> keys, String name, long expected, Op change)
            throws StoreException {
        ByteSequence key = keys.key(name);
        TxnResponse answer =
                connection.answer(
                        verb + " " + describe(keys, name),
                        connection
                                .client()
                                .getKVClient()
                                .txn()
                                .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(expected)))
                                .Then(change)
                                .Else(Op.get(key, GetOption.builder().withKeysOnly(true).build()))
                                .commit());
        if (answer.isSucceeded()) {
            return answer.getHeader().getRevision();
        }
        List<KeyValue> found = answer.getGetResponses().getFirst().getKvs();
        throw conflict(keys, name, expected, found);
    }

    private static ConflictException conflict(
            EtcdKeys<?> keys, String name, long expected, List<KeyValue> found) {
        String what = describe(keys, name);
        if (expected == ABSENT) {
            return new ConflictException(what + " exists already");
        }
        if (found.isEmpty()) {
            return new ConflictException(what + " is gone");
        }
        return new ConflictException(
                what
                        + " changed: version "
                        + found.getFirst().getModRevision()
                        + ", not "
                        + expected);
    }

    private static long revision(EtcdKeys<?> keys, String name, Version version)
            throws ConflictException {
        try {
            long revision = Long.parseLong(version.value());
            if (revision > ABSENT) {
                return revision;
            }
        } catch (NumberFormatException e) {
            // Not a version of ours: answered below.
        }
        throw new ConflictException(
                describe(keys, name) + " never had the version '" + version + "'");
    }

    private static String describe(EtcdKeys<?> keys, String name) {
        return keys.kind().singular() + " " + name;
    }
}
