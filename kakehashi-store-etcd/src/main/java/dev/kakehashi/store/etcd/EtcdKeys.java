package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.ObjectName;
import dev.kakehashi.cluster.Problem;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The keys of a kind.
 *
 * @param kind whose
 * @param prefix what they begin with, a slash at its end
 * @param <T> the type of its objects
 */
record EtcdKeys<T extends ClusterObject>(Kind<T> kind, String prefix) {
    /** Of a key that no object can have, as much is shown. */
    private static final int SHOWN = 64;

    ByteSequence first() {
        return EtcdConnection.bytes(prefix);
    }

    ByteSequence key(String name) {
        return EtcdConnection.bytes(prefix + name);
    }

    /** The name under which a key of this prefix stands; may be one that no object can have. */
    String name(ByteSequence key) {
        String text = key.toString(StandardCharsets.UTF_8);
        return text.substring(Math.min(prefix.length(), text.length()));
    }

    Stored<T> decode(String name, KeyValue pair) throws InvalidObjectException {
        return ObjectValue.decode(kind, name, pair.getValue().getBytes(), versionOf(pair));
    }

    static Version versionOf(KeyValue pair) {
        return new Version(Long.toString(pair.getModRevision()));
    }

    /** What a key with its value means: an object, or why it is none. */
    StoreEvent<T> read(KeyValue pair) {
        String name = name(pair.getKey());
        if (ObjectName.problemOf(name).isPresent()) {
            String shown = printable(name);
            return broken(
                    shown,
                    List.of(
                            new Problem(
                                    kind.plural() + "/" + shown,
                                    0,
                                    "",
                                    "is a key of etcd that no object has: its name is not allowed")));
        }
        try {
            return new StoreEvent.Put<>(decode(name, pair));
        } catch (InvalidObjectException e) {
            return broken(name, e.problems());
        }
    }

    private StoreEvent<T> broken(String name, List<Problem> problems) {
        return new StoreEvent.Broken<>(new Rejected(name, problems));
    }

    private static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints()
                .limit(SHOWN)
                .forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return text.toString();
    }
}
