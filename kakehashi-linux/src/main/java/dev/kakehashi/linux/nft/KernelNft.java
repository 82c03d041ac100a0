package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.DumpInterruptedException;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageDecoder;
import dev.kakehashi.linux.netlink.NetlinkError;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    private static final int NFTA_GEN_ID = 1;

    /** How often a listing is begun again when somebody else changes rules meanwhile. */
    private static final int ATTEMPTS = 10;

    /** What this machine's kernel knows; the same in all namespaces. */
    private static volatile Destroy destroy = Destroy.UNKNOWN;

    private final Netns netns;
    private final Optional<NetlinkSocket> kept;

    /** Whether the kernel has the messages that delete what may not be there. */
    private enum Destroy {
        UNKNOWN,
        KNOWN,
        MISSING
    }

    /** What is done with a socket. */
    private interface Exchange<T> {
        T with(NetlinkSocket socket) throws IOException;
    }

    private KernelNft(Netns netns, Optional<NetlinkSocket> kept) {
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

    @Override
    public void close() {
        kept.ifPresent(NetlinkSocket::close);
    }

    private <T> T exchange(String what, Exchange<T> exchange) throws NftException {
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
        return tables.stream().sorted().toList();
    }

    @Override
    public Optional<InstalledTable> table(TableId table) throws NftException {
        return list(table, true);
    }

    @Override
    public Optional<InstalledTable> rules(TableId table) throws NftException {
        return list(table, false);
    }

    private Optional<InstalledTable> list(TableId id, boolean sets) throws NftException {
        return exchange(
                "list table " + id,
                socket -> {
                    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                        int generation = generation(socket);
                        Optional<InstalledTable> table = list(socket, id, sets, generation);
                        if (generation(socket) == generation) {
                            return table;
                        }
                    }
                    throw changing("list table " + id);
                });
    }

    private static NftException changing(String what) {
        return new NftException(
                Errno.EAGAIN.number(),
                what,
                "others kept changing rules while they were read; try again");
    }

    private static Optional<InstalledTable> list(
            NetlinkSocket socket, TableId id, boolean sets, int generation) throws IOException {
        try {
            Table table = TableCodec.read(socket.get(getTable(id)));
            List<SetContents> contents = sets ? sets(socket, id) : List.of();
            List<Chain> chains = chainsOf(socket, id);
            return Optional.of(
                    new InstalledTable(table, contents, chains(socket, id, chains), generation));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<Chain> chains(TableId table) throws NftException {
        return exchange(
                "list chains of " + table,
                socket -> {
                    try {
                        return chainsOf(socket, table);
                    } catch (LinuxException e) {
                        if (e.is(Errno.ENOENT)) {
                            return List.of();
                        }
                        throw e;
                    }
                });
    }

    private static List<Chain> chainsOf(NetlinkSocket socket, TableId id) throws IOException {
        return socket.dump(
                NftMessage.of(
                        NftMessage.GETCHAIN,
                        0,
                        id.family(),
                        "list chains of " + id,
                        w -> w.string(ChainCodec.NFTA_CHAIN_TABLE, id.name())),
                m -> ChainCodec.read(m, id));
    }

    private static NftMessage getTable(TableId id) {
        return NftMessage.of(
                NftMessage.GETTABLE,
                0,
                id.family(),
                "list table " + id,
                w -> w.string(TableCodec.NFTA_TABLE_NAME, id.name()));
    }

    private static List<InstalledChain> chains(NetlinkSocket socket, TableId id, List<Chain> chains)
            throws IOException {
        Map<String, List<InstalledRule>> rules = new LinkedHashMap<>();
        for (Chain chain : chains) {
            rules.put(chain.name(), new ArrayList<>());
        }
        List<RuleCodec.Listed> all =
                socket.dump(
                        NftMessage.of(
                                NftMessage.GETRULE,
                                0,
                                id.family(),
                                "list rules of " + id,
                                w -> w.string(RuleCodec.NFTA_RULE_TABLE, id.name())),
                        m -> Optional.of(RuleCodec.read(m)));
        for (RuleCodec.Listed listed : all) {
            List<InstalledRule> chain = rules.get(listed.chain());
            if (listed.isIn(id) && chain != null) {
                chain.add(listed.rule());
            }
        }
        List<InstalledChain> installed = new ArrayList<>(chains.size());
        for (Chain chain : chains) {
            installed.add(new InstalledChain(chain, rules.getOrDefault(chain.name(), List.of())));
        }
        return installed;
    }

    private static List<SetContents> sets(NetlinkSocket socket, TableId id) throws IOException {
        List<NftSet> sets =
                socket.dump(
                        NftMessage.of(
                                NftMessage.GETSET,
                                0,
                                id.family(),
                                "list sets of " + id,
                                w -> w.string(SetCodec.NFTA_SET_TABLE, id.name())),
                        m -> SetCodec.read(m, id));
        List<SetContents> contents = new ArrayList<>(sets.size());
        for (NftSet set : sets) {
            contents.add(elements(socket, id, set));
        }
        return contents;
    }

    private static SetContents elements(NetlinkSocket socket, TableId id, NftSet set)
            throws IOException {
        MessageDecoder<List<ElementCodec.Raw>> decoder = m -> Optional.of(ElementCodec.read(m));
        List<List<ElementCodec.Raw>> parts =
                socket.dump(
                        NftMessage.of(
                                NftMessage.GETSETELEM,
                                0,
                                id.family(),
                                "list set " + id + " " + set.name(),
                                w ->
                                        w.string(ElementCodec.NFTA_SET_ELEM_LIST_TABLE, id.name())
                                                .string(
                                                        ElementCodec.NFTA_SET_ELEM_LIST_SET,
                                                        set.name())),
                        decoder);
        List<ElementCodec.Raw> all = new ArrayList<>();
        parts.forEach(all::addAll);
        return ElementCodec.join(set, all);
    }

    @Override
    public Optional<SetContents> set(TableId table, String set) throws NftException {
        String what = "list set " + table + " " + set;
        NftMessage request =
                NftMessage.of(
                        NftMessage.GETSET,
                        0,
                        table.family(),
                        what,
                        w ->
                                w.string(SetCodec.NFTA_SET_TABLE, table.name())
                                        .string(SetCodec.NFTA_SET_NAME, set));
        return exchange(
                what,
                socket -> {
                    try {
                        Optional<NftSet> definition = SetCodec.read(socket.get(request), table);
                        return definition.isEmpty()
                                ? Optional.empty()
                                : Optional.of(elements(socket, table, definition.get()));
                    } catch (LinuxException e) {
                        if (e.is(Errno.ENOENT)) {
                            return Optional.empty();
                        }
                        throw e;
                    }
                });
    }

    private static int generation(NetlinkSocket socket) throws IOException {
        NetlinkMessage message = socket.get(NftMessage.generation());
        Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
        while (attributes.next()) {
            if (attributes.attribute().type() == NFTA_GEN_ID) {
                return attributes.attribute().be32();
            }
        }
        throw new MalformedMessageException("the kernel told no generation of its rules");
    }
}
