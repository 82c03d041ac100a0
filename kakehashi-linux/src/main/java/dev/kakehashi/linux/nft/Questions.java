package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageDecoder;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.linux.nft.expr.Value;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is asked of the kernel about tables and what is in them. */
final class Questions {
    private static final int NFTA_GEN_ID = 1;

    private Questions() {}

    /** A table without what is in it; {@code ENOENT} when it is not there. */
    static Table table(NetlinkSocket socket, TableId id) throws IOException {
        return TableCodec.read(socket.get(aboutTable(id)));
    }

    static boolean hasTable(NetlinkSocket socket, TableId id) throws IOException {
        return socket.find(aboutTable(id), Errno.ENOENT).isPresent();
    }

    private static NftMessage aboutTable(TableId id) {
        return NftMessage.of(
                NftMessage.GETTABLE,
                0,
                id.family(),
                "list table " + id,
                w -> w.string(TableCodec.NFTA_TABLE_NAME, id.name()));
    }

    static Optional<Chain> chain(NetlinkSocket socket, TableId id, String name) throws IOException {
        Optional<NetlinkMessage> found =
                socket.find(
                        NftMessage.of(
                                NftMessage.GETCHAIN,
                                0,
                                id.family(),
                                "list chain " + id + " " + name,
                                w ->
                                        w.string(ChainCodec.NFTA_CHAIN_TABLE, id.name())
                                                .string(ChainCodec.NFTA_CHAIN_NAME, name)),
                        Errno.ENOENT);
        return found.isEmpty() ? Optional.empty() : ChainCodec.read(found.get(), id);
    }

    /**
     * The chains of a table. While others prepare a transaction, the kernel goes back by as many
     * chains as it passed over in one part of a list, and tells some again in the next
     * (nf_tables_api.c, {@code nf_tables_dump_chains}); with tables it is the same.
     */
    static List<Chain> chains(NetlinkSocket socket, TableId id) throws IOException {
        return socket.dump(chainsOf(id), m -> ChainCodec.read(m, id)).stream().distinct().toList();
    }

    private static NftMessage chainsOf(TableId id) {
        return NftMessage.of(
                NftMessage.GETCHAIN,
                0,
                id.family(),
                "list chains of " + id,
                w -> w.string(ChainCodec.NFTA_CHAIN_TABLE, id.name()));
    }

    /** All chains with their rules. */
    static List<InstalledChain> installed(NetlinkSocket socket, TableId id) throws IOException {
        MessageDecoder<NetlinkMessage> ofTable =
                m -> ChainCodec.isIn(m, id) ? Optional.of(m) : Optional.empty();
        return Listings.read(
                id,
                socket.dump(chainsOf(id), ofTable),
                socket.dump(RuleCodec.list(id, ""), Optional::of));
    }

    /** A chain with its rules. */
    static List<InstalledChain> installed(NetlinkSocket socket, TableId id, Chain chain)
            throws IOException {
        return installed(
                id,
                List.of(chain),
                socket.dump(RuleCodec.list(id, chain.name()), m -> Optional.of(RuleCodec.read(m))));
    }

    /** Chains, which may be told twice, with those of the rules that are in them. */
    static List<InstalledChain> installed(
            TableId id, List<Chain> chains, List<RuleCodec.Listed> all) {
        Map<String, List<InstalledRule>> rules = new LinkedHashMap<>();
        for (Chain chain : chains) {
            rules.put(chain.name(), new ArrayList<>());
        }
        for (RuleCodec.Listed listed : all) {
            List<InstalledRule> chain = rules.get(listed.chain());
            if (listed.isIn(id) && chain != null) {
                chain.add(listed.rule());
            }
        }
        List<InstalledChain> installed = new ArrayList<>(chains.size());
        for (Chain chain : new LinkedHashSet<>(chains)) {
            installed.add(new InstalledChain(chain, rules.getOrDefault(chain.name(), List.of())));
        }
        return List.copyOf(installed);
    }

    static List<SetContents> sets(NetlinkSocket socket, TableId id) throws IOException {
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

    static Optional<NftSet> definition(NetlinkSocket socket, TableId table, String set)
            throws IOException {
        Optional<NetlinkMessage> found =
                socket.find(
                        NftMessage.of(
                                NftMessage.GETSET,
                                0,
                                table.family(),
                                "list set " + table + " " + set,
                                w ->
                                        w.string(SetCodec.NFTA_SET_TABLE, table.name())
                                                .string(SetCodec.NFTA_SET_NAME, set)),
                        Errno.ENOENT);
        return found.isEmpty() ? Optional.empty() : SetCodec.read(found.get(), table);
    }

    static SetContents elements(NetlinkSocket socket, TableId id, NftSet set) throws IOException {
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

    /** One by one: the kernel answers a request for several not at all when one is missing. */
    static SetContents elements(
            NetlinkSocket socket, TableId table, NftSet set, Collection<Value> keys)
            throws IOException {
        List<ElementCodec.Raw> all = new ArrayList<>(keys.size());
        for (Value key : keys) {
            NftMessage request =
                    NftMessage.of(
                            NftMessage.GETSETELEM,
                            0,
                            table.family(),
                            "get element " + table + " " + set.name(),
                            w -> ElementCodec.write(w, table, set, List.of(Element.of(key)), true));
            Optional<NetlinkMessage> found = socket.find(request, Errno.ENOENT);
            if (found.isPresent()) {
                all.addAll(ElementCodec.read(found.get()));
            }
        }
        return ElementCodec.join(set, all);
    }

    static int generation(NetlinkSocket socket) throws IOException {
        NetlinkMessage message = socket.get(NftMessage.generation());
        Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
        while (attributes.next()) {
            if (attributes.attribute().type() == NFTA_GEN_ID) {
                return attributes.attribute().be32();
            }
        }
        throw new MalformedMessageException("the kernel told no generation of its rules");
    }

    /**
     * Waits for the transaction that takes effect now, if there is one, and says whether this is
     * the generation still. The kernel counts a generation first, and then takes away what goes,
     * one object after the other (nf_tables_api.c, {@code nf_tables_commit}). Meanwhile it lists no
     * rules of a table that is replaced: it looks for them in the first table of the name ({@code
     * nf_tables_dump_rules}), which is the one that goes. Transactions have a lock, and one without
     * commands takes it, changes nothing and counts no generation.
     */
    static boolean isInPlace(NetlinkSocket socket, int generation) throws IOException {
        String text = "transaction of nothing";
        BatchResult result =
                socket.transact(List.of(NftMessage.begin(text, generation), NftMessage.end(text)));
        for (BatchResult.Failure failure : result.failures()) {
            if (failure.error().errno() == Errno.ERESTART.number()) {
                return false;
            }
        }
        result.orThrow();
        return true;
    }
}
