package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.Revision;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads all objects of a kind as of one revision, in pages: one answer with thousands of them would
 * hold up everything else on the connection, and the server's memory.
 */
final class EtcdListing<T extends ClusterObject> {
    private static final int PAGE = 500;

    private final EtcdConnection connection;
    private final EtcdKeys<T> keys;
    private final List<Stored<T>> objects = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();

    EtcdListing(EtcdConnection connection, EtcdKeys<T> keys) {
        this.connection = connection;
        this.keys = keys;
    }

    Listing<T> read() throws StoreException {
        ByteSequence end = OptionsUtil.prefixEndOf(keys.first());
        ByteSequence from = keys.first();
        long revision = 0;
        while (true) {
            GetResponse page =
                    connection.answer(
                            "list " + keys.kind().plural(),
                            connection
                                    .client()
                                    .getKVClient()
                                    .get(
                                            from,
                                            GetOption.builder()
                                                    .withRange(end)
                                                    .withLimit(PAGE)
                                                    .withRevision(revision)
                                                    .build()));
            page.getKvs().forEach(this::add);
            if (revision == 0) {
                revision = page.getHeader().getRevision();
            }
            if (!page.isMore() || page.getKvs().isEmpty()) {
                return new Listing<>(objects, rejected, new Revision(Long.toString(revision)));
            }
            // The next key in order is the last one with a zero octet after it.
            ByteSequence last = page.getKvs().getLast().getKey();
            from = last.concat(ByteSequence.from(new byte[1]));
        }
    }

    private void add(KeyValue pair) {
        switch (keys.read(pair)) {
            case StoreEvent.Put<T>(var stored) -> objects.add(stored);
            case StoreEvent.Broken<T>(var broken) -> rejected.add(broken);
            case StoreEvent.Removed<T> _, StoreEvent.Lost<T> _ -> {}
        }
    }
}
