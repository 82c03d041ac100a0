package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.DumpInterruptedException;
import dev.kakehashi.linux.netlink.NetlinkError;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.expr.Value;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The kernel's nftables, by netlink messages of our own.
 *
 * <p>{@link #of} opens a socket for each call, since an open one keeps its namespace alive; only
 * that of the process's own namespace stays open. Closing costs little, except after something was
 * deleted: the kernel then waits for an RCU grace period, 10 to 30 ms (nf_tables_api.c, {@code
 * nft_rcv_nl_event}), and other transactions of the namespace wait with it. Whoever changes rules
 * of another namespace again and again keeps a socket with {@link #open}. A transaction that fails
 * waits for a grace period in any case.
 */
public final class KernelNft implements Nft, AutoCloseable {
    /** How long a listing is begun again when somebody else changes rules meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What this machine's kernel knows; the same in all namespaces. */
    private static volatile Destroy destroy = Destroy.UNKNOWN;

    private final Netns netns;
    private final Optional<NetlinkSocket> kept;

    /**
     * The last generation that was found in place; 0, which the kernel leaves out, before the first
     * ({@code nf_tables_commit}).
     */
    private volatile int inPlace;

    /** Whether the kernel has the messages that delete what may not be there. */
    private enum Destroy {
        UNKNOWN,
        KNOWN,
        MISSING
    }

    /** What is done with a socket. */
    interface Exchange<T> {
        T with(NetlinkSocket socket) throws IOException;
    }

    KernelNft(Netns netns, Optional<NetlinkSocket> kept) {
        this.netns = netns;
        this.kept = kept;
    }

    /**
     * The nftables of a namespace; the handle stays the caller's and must stay open. There is
     * nothing to close.
     */
    public static Nft of(Netns netns) {
        return new KernelNft(netns, Optional.empty());
    }

    /**
     * The nftables of a namespace through a socket that stays open until {@link #close}, and keeps
     * the namespace alive so long.
     */
    public static KernelNft open(Netns netns) throws LinuxException {
        return new KernelNft(
                netns, Optional.of(NetlinkSocket.open(netns, NetlinkProtocol.NETFILTER)));
    }

    /** Whether this is the port number of the socket that stays open. */
    public boolean owns(int port) {
        return kept.isPresent() && kept.get().port() == port;
    }

    @Override
    public void close() {
        kept.ifPresent(NetlinkSocket::close);
    }

    <T> T exchange(String what, Exchange<T> exchange) throws NftException {
        try {
            Optional<NetlinkSocket> open = kept.isPresent() ? kept : OwnNamespace.socket(netns);
            if (open.isPresent()) {
                return exchange.with(open.get());
            }
            try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.NETFILTER)) {
                return exchange.with(socket);
            }
        } catch (IOException e) {
            throw asNftException(e, what);
        }
    }

    @Override
    public void apply(NftTransaction transaction) throws NftException {
        if (transaction.isEmpty()) {
            return;
        }
        BatchResult result =
                exchange(
                        "transaction on " + transaction.tables(),
                        socket -> {
                            boolean known = !usesDestroy(transaction) || knowsDestroy(socket);
                            return socket.transact(CommandCodec.batch(transaction, known));
                        });
        if (!result.succeeded()) {
            throw failure(result);
        }
    }

    private static NftException failure(BatchResult result) {
        NftException first = exception(result.failures().getFirst());
        // The kernel goes on after a failure and reports each; the later ones often follow from the
        // first.
        for (BatchResult.Failure other : result.failures().subList(1, result.failures().size())) {
            first.addSuppressed(exception(other));
        }
        return first;
    }

    private static NftException exception(BatchResult.Failure failure) {
        NftMessage message = (NftMessage) failure.request();
        NetlinkError error = failure.error();
        return new NftException(error.errno(), message.text(), ErrorDetail.of(message, error));
    }

    private static NftException asNftException(IOException e, String what) {
        NftException exception =
                switch (e) {
                    case NftException nft -> nft;
                    case NetlinkException netlink ->
                            new NftException(netlink.errno(), what, netlink.error().text());
                    case LinuxException linux ->
                            new NftException(
                                    linux.errno(),
                                    what,
                                    linux.operation() + " " + linux.arguments());
                    case DumpInterruptedException _ -> changing(what);
                    default -> new NftException(Errno.EIO.number(), what, e.toString());
                };
        if (exception != e) {
            exception.initCause(e);
        }
        return exception;
    }

    private static boolean usesDestroy(NftTransaction transaction) {
        for (Command command : transaction.commands()) {
            boolean lenient =
                    switch (command) {
                        case Command.DeleteTable c -> c.lenient();
                        case Command.DeleteChain c -> c.lenient();
                        case Command.DeleteSet c -> c.lenient();
                        case Command.DeleteElements c -> c.lenient();
                        default -> false;
                    };
            if (lenient) {
                return true;
            }
        }
        return false;
    }

    /** Tries once to destroy a table that cannot be there. */
    private boolean knowsDestroy(NetlinkSocket socket) throws IOException {
        if (destroy == Destroy.UNKNOWN) {
            TableId nowhere = new TableId(Family.INET, "kakehashi-probe-of-destroy");
            NftTransaction probe = NftTransaction.builder().destroyTable(nowhere).build();
            BatchResult result = socket.transact(CommandCodec.batch(probe, true));
            destroy = result.succeeded() ? Destroy.KNOWN : Destroy.MISSING;
        }
        return destroy == Destroy.KNOWN;
    }

    @Override
    public List<TableId> tables() throws NftException {
        List<TableId> tables =
                exchange(
                        "list tables",
                        socket ->
                                socket.dump(
                                        NftMessage.tables(),
                                        m -> Optional.of(TableCodec.read(m).id())));
        return tables.stream().distinct().sorted().toList();
    }

    @Override
    public Optional<InstalledTable> table(TableId table) throws NftException {
        return list(table, true);
    }

    @Override
    public Optional<InstalledTable> rules(TableId table) throws NftException {
        return list(table, false);
    }

    @Override
    public Optional<InstalledTable> rules(TableId table, String chain) throws NftException {
        return read(
                "list chain " + table + " " + chain,
                (socket, generation) -> {
                    Table read = Questions.table(socket, table);
                    Optional<Chain> found = Questions.chain(socket, table, chain);
                    return new InstalledTable(
                            read,
                            List.of(),
                            found.isEmpty()
                                    ? List.of()
                                    : Questions.installed(socket, table, found.get()),
                            generation);
                });
    }

    private Optional<InstalledTable> list(TableId id, boolean sets) throws NftException {
        return read(
                "list table " + id,
                (socket, generation) -> {
                    Table table = Questions.table(socket, id);
                    List<SetContents> contents = sets ? Questions.sets(socket, id) : List.of();
                    return new InstalledTable(
                            table, contents, Questions.installed(socket, id), generation);
                });
    }

    /** Reads a table, in one generation. */
    private interface Reading {
        InstalledTable of(NetlinkSocket socket, int generation) throws IOException;
    }

    private Optional<InstalledTable> read(String what, Reading reading) throws NftException {
        return exchange(
                what,
                socket -> {
                    long deadline = System.nanoTime() + PATIENCE.toNanos();
                    while (System.nanoTime() < deadline) {
                        int generation = Questions.generation(socket);
                        if (!isInPlace(socket, generation)) {
                            continue;
                        }
                        Optional<InstalledTable> table = read(socket, generation, reading);
                        if (Questions.generation(socket) == generation) {
                            return table;
                        }
                    }
                    throw changing(what);
                });
    }

    /** Asked once of each generation: one that was in place stays until the next is counted. */
    private boolean isInPlace(NetlinkSocket socket, int generation) throws IOException {
        if (generation != inPlace) {
            if (!Questions.isInPlace(socket, generation)) {
                return false;
            }
            inPlace = generation;
        }
        return true;
    }

    private static Optional<InstalledTable> read(
            NetlinkSocket socket, int generation, Reading reading) throws IOException {
        try {
            return Optional.of(reading.of(socket, generation));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static NftException changing(String what) {
        return new NftException(
                Errno.EAGAIN.number(),
                what,
                "others kept changing rules while they were read; try again");
    }

    @Override
    public List<Chain> chains(TableId table) throws NftException {
        return exchange(
                "list chains of " + table,
                socket -> {
                    try {
                        return Questions.chains(socket, table);
                    } catch (LinuxException e) {
                        if (e.is(Errno.ENOENT)) {
                            return List.of();
                        }
                        throw e;
                    }
                });
    }

    @Override
    public Map<TableId, List<Chain>> chains(Set<Family> families) throws NftException {
        return exchange(
                "list chains",
                socket -> {
                    Map<TableId, List<Chain>> all = new TreeMap<>();
                    socket
                            .dump(
                                    NftMessage.chains(),
                                    message -> {
                                        Optional<TableId> table =
                                                ChainCodec.table(message, families);
                                        Optional<Chain> chain =
                                                table.isEmpty()
                                                        ? Optional.empty()
                                                        : ChainCodec.read(message, table.get());
                                        return chain.map(
                                                found -> Map.entry(table.orElseThrow(), found));
                                    })
                            .stream()
                            .distinct()
                            .forEach(found ->
                                    all.computeIfAbsent(found.getKey(), _ -> new ArrayList<>())
                                            .add(found.getValue()));
                    return all;
                });
    }

    @Override
    public Optional<SetContents> set(TableId table, String set) throws NftException {
        return exchange(
                "list set " + table + " " + set,
                socket -> {
                    Optional<NftSet> definition = Questions.definition(socket, table, set);
                    return definition.isEmpty()
                            ? Optional.empty()
                            : Optional.of(Questions.elements(socket, table, definition.get()));
                });
    }

    @Override
    public Optional<SetContents> set(TableId table, String set, Collection<Value> keys)
            throws NftException {
        return exchange(
                "get elements of " + table + " " + set,
                socket -> {
                    Optional<NftSet> definition = Questions.definition(socket, table, set);
                    if (definition.isEmpty()) {
                        return Optional.empty();
                    }
                    return Optional.of(
                            definition.get().isInterval()
                                    ? Questions.elements(socket, table, definition.get())
                                    : Questions.elements(socket, table, definition.get(), keys));
                });
    }

    @Override
    public int generation() throws NftException {
        return exchange("get generation", Questions::generation);
    }
}
