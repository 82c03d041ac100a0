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
import java.util.concurrent.CompletableFuture;

/**
 * Reads all objects of a kind as of one revision, in pages: one answer with thousands of them would
 * hold up everything else on the connection, and the server's memory.
 */
final class EtcdListing<T extends ClusterObject> {
    private final EtcdConnection connection;
    private final EtcdKeys<T> keys;
    private final List<Stored<T>> objects = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();

    EtcdListing(EtcdConnection connection, EtcdKeys<T> keys) {
        this.connection = connection;
        this.keys = keys;
    }

    Listing<T> read() throws StoreException {
        CompletableFuture<GetResponse> asked = ask(keys.first(), 0);
        long revision = 0;
        while (true) {
            GetResponse page = connection.answer("list " + keys.kind().plural(), asked);
            if (revision == 0) {
                revision = page.getHeader().getRevision();
            }
            boolean more = page.isMore() && !page.getKvs().isEmpty();
            if (more) {
                // The next key in order is the last one with a zero octet after it. The server
                // reads that page while this one is decoded.
                ByteSequence last = page.getKvs().getLast().getKey();
                asked = ask(last.concat(ByteSequence.from(new byte[1])), revision);
            }
            page.getKvs().forEach(this::add);
            if (!more) {
                return new Listing<>(objects, rejected, new Revision(Long.toString(revision)));
            }
        }
    }

    /**
     * Asks for a page.
     *
     * @param revision as of which; 0: the latest
     */
    private CompletableFuture<GetResponse> ask(ByteSequence from, long revision) {
        return connection
                .client()
                .getKVClient()
                .get(
                        from,
                        GetOption.builder()
                                .withRange(OptionsUtil.prefixEndOf(keys.first()))
                                .withLimit(keys.kind().page())
                                .withRevision(revision)
                                .build());
    }

    private void add(KeyValue pair) {
        switch (keys.read(pair)) {
            case StoreEvent.Put<T>(var stored) -> objects.add(stored);
            case StoreEvent.Broken<T>(var broken) -> rejected.add(broken);
            case StoreEvent.Removed<T> _, StoreEvent.Lost<T> _ -> {}
        }
    }
}
