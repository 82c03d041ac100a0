package dev.kakehashi.linux.nft;

import static dev.kakehashi.linux.netlink.NetlinkMessage.NLM_F_APPEND;
import static dev.kakehashi.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static dev.kakehashi.linux.netlink.NetlinkMessage.NLM_F_EXCL;
import static dev.kakehashi.linux.netlink.NetlinkMessage.NLM_F_REPLACE;

import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** A transaction as the messages of one batch. */
final class CommandCodec {
    private final boolean destroy;
    private final List<NftMessage> messages = new ArrayList<>();
    private int sets;

    private CommandCodec(boolean destroy) {
        this.destroy = destroy;
    }

    /**
     * The messages, with those that begin and end the batch.
     *
     * @param destroy whether the kernel knows the messages {@code NFT_MSG_DESTROY*} (since Linux
     *     6.3); else an object is made, which also succeeds when it is there, and then deleted
     */
    static List<NftMessage> batch(NftTransaction transaction, boolean destroy) {
        CommandCodec codec = new CommandCodec(destroy);
        String text = "transaction on " + transaction.tables();
        codec.messages.add(
                transaction.generation().isPresent()
                        ? NftMessage.begin(text, transaction.generation().getAsInt())
                        : NftMessage.begin(text));
        for (Command command : transaction.commands()) {
            codec.add(command);
        }
        codec.messages.add(NftMessage.end(text));
        return codec.messages;
    }

    private void message(
            Command command, int message, int flags, Consumer<MessageWriter> attributes) {
        messages.add(
                NftMessage.of(
                        message, flags, command.table().family(), command.text(), attributes));
    }

    private static int create(boolean exclusive) {
        return exclusive ? NLM_F_CREATE | NLM_F_EXCL : NLM_F_CREATE;
    }

    private void add(Command command) {
        TableId table = command.table();
        switch (command) {
            case Command.AddTable c ->
                    message(
                            c,
                            NftMessage.NEWTABLE,
                            create(c.exclusive()),
                            w -> TableCodec.write(w, c.definition()));
            case Command.AddChain c ->
                    message(
                            c,
                            NftMessage.NEWCHAIN,
                            create(c.exclusive()),
                            w -> ChainCodec.write(w, table, c.chain()));
            case Command.AddSet c -> newSet(c, c.set(), c.exclusive());
            case Command.AddRule c -> newRule(c);
            case Command.DeleteRule c ->
                    message(
                            c,
                            NftMessage.DELRULE,
                            0,
                            w ->
                                    ruleName(w, table, c.chain())
                                            .be64(RuleCodec.NFTA_RULE_HANDLE, c.handle()));
            case Command.AddElements c ->
                    elements(
                            c,
                            c.set(),
                            c.elements(),
                            part ->
                                    new Command.AddElements(
                                            c.table(), c.set(), part, c.exclusive()),
                            NftMessage.NEWSETELEM,
                            create(c.exclusive()));
            case Command.DeleteElements c -> deleteElements(c);
            case Command.DeleteTable c -> deleteTable(c);
            case Command.DeleteChain c -> deleteChain(c);
            case Command.DeleteSet c -> deleteSet(c);
            case Command.FlushTable c ->
                    message(
                            c,
                            NftMessage.DELRULE,
                            0,
                            w -> w.string(RuleCodec.NFTA_RULE_TABLE, table.name()));
            case Command.FlushChain c ->
                    message(c, NftMessage.DELRULE, 0, w -> ruleName(w, table, c.chain()));
            case Command.FlushSet c ->
                    message(
                            c,
                            NftMessage.DELSETELEM,
                            0,
                            w ->
                                    w.string(ElementCodec.NFTA_SET_ELEM_LIST_TABLE, table.name())
                                            .string(
                                                    ElementCodec.NFTA_SET_ELEM_LIST_SET,
                                                    c.set().name()));
        }
    }

    private static MessageWriter ruleName(MessageWriter writer, TableId table, String chain) {
        return writer.string(RuleCodec.NFTA_RULE_TABLE, table.name())
                .string(RuleCodec.NFTA_RULE_CHAIN, chain);
    }

    private void newRule(Command.AddRule c) {
        int flags =
                switch (c.place()) {
                    case LAST, AFTER -> NLM_F_CREATE | NLM_F_APPEND;
                    case FIRST, BEFORE -> NLM_F_CREATE;
                    case REPLACE -> NLM_F_REPLACE;
                };
        message(
                c,
                NftMessage.NEWRULE,
                flags,
                w -> {
                    MessageWriter _ = ruleName(w, c.table(), c.chain());
                    switch (c.place()) {
                        case AFTER, BEFORE -> w.be64(RuleCodec.NFTA_RULE_POSITION, c.handle());
                        case REPLACE -> w.be64(RuleCodec.NFTA_RULE_HANDLE, c.handle());
                        case LAST, FIRST -> {}
                    }
                    RuleCodec.write(w, c.rule());
                });
    }

    private void newSet(Command command, NftSet set, boolean exclusive) {
        int id = ++sets;
        message(
                command,
                NftMessage.NEWSET,
                create(exclusive),
                w -> SetCodec.write(w, command.table(), set, id));
    }

    /**
     * A message is called what it does by itself: the text of the whole command with each of the
     * many that a long one takes would be megabytes.
     */
    private void elements(
            Command whole,
            NftSet set,
            List<Element> elements,
            Function<List<Element>, Command> partly,
            int message,
            int flags) {
        boolean keys = message != NftMessage.NEWSETELEM;
        for (List<Element> chunk : ElementCodec.chunks(set, elements)) {
            if (!chunk.isEmpty()) {
                Command part = chunk.size() == elements.size() ? whole : partly.apply(chunk);
                message(
                        part,
                        message,
                        flags,
                        w -> ElementCodec.write(w, part.table(), set, chunk, keys));
            }
        }
    }

    private void deleteElements(Command.DeleteElements c) {
        Function<List<Element>, Command> partly =
                part -> new Command.DeleteElements(c.table(), c.set(), part, c.lenient());
        if (c.lenient() && !destroy) {
            elements(c, c.set(), c.elements(), partly, NftMessage.NEWSETELEM, NLM_F_CREATE);
        }
        int message = c.lenient() && destroy ? NftMessage.DESTROYSETELEM : NftMessage.DELSETELEM;
        elements(c, c.set(), c.elements(), partly, message, 0);
    }

    private void deleteTable(Command.DeleteTable c) {
        String name = c.table().name();
        if (c.lenient() && !destroy) {
            message(
                    c,
                    NftMessage.NEWTABLE,
                    NLM_F_CREATE,
                    w -> w.string(TableCodec.NFTA_TABLE_NAME, name));
        }
        message(
                c,
                c.lenient() && destroy ? NftMessage.DESTROYTABLE : NftMessage.DELTABLE,
                0,
                w -> w.string(TableCodec.NFTA_TABLE_NAME, name));
    }

    private void deleteChain(Command.DeleteChain c) {
        Consumer<MessageWriter> name =
                w ->
                        w.string(ChainCodec.NFTA_CHAIN_TABLE, c.table().name())
                                .string(ChainCodec.NFTA_CHAIN_NAME, c.chain());
        if (c.lenient() && !destroy) {
            message(c, NftMessage.NEWCHAIN, NLM_F_CREATE, name);
        }
        message(c, c.lenient() && destroy ? NftMessage.DESTROYCHAIN : NftMessage.DELCHAIN, 0, name);
    }

    private void deleteSet(Command.DeleteSet c) {
        if (c.lenient() && !destroy) {
            newSet(c, c.set(), false);
        }
        message(
                c,
                c.lenient() && destroy ? NftMessage.DESTROYSET : NftMessage.DELSET,
                0,
                w ->
                        w.string(SetCodec.NFTA_SET_TABLE, c.table().name())
                                .string(SetCodec.NFTA_SET_NAME, c.set().name()));
    }
}
