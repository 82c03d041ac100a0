package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.nft.expr.Data;
import dev.kakehashi.linux.nft.expr.Value;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Elements as netlink attributes (enum nft_set_elem_attributes). A range of a plain interval set is
 * two elements to the kernel: its first key, and the key behind its last with the flag "interval
 * end". A range of a concatenation is one element with two keys.
 */
final class ElementCodec {
    static final int NFTA_SET_ELEM_LIST_TABLE = 1;
    static final int NFTA_SET_ELEM_LIST_SET = 2;
    private static final int NFTA_SET_ELEM_LIST_ELEMENTS = 3;
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_SET_ELEM_KEY = 1;
    private static final int NFTA_SET_ELEM_DATA = 2;
    private static final int NFTA_SET_ELEM_FLAGS = 3;
    private static final int NFTA_SET_ELEM_TIMEOUT = 4;
    private static final int NFTA_SET_ELEM_USERDATA = 6;
    private static final int NFTA_SET_ELEM_KEY_END = 10;
    private static final int NFT_SET_ELEM_INTERVAL_END = 1;

    /** An attribute holds 64 KiB; messages of this size keep well below. */
    private static final int CHUNK_BYTES = 32 * 1024;

    /** Headers, flags and timeouts of one element, generously. */
    private static final int OVERHEAD = 120;

    private ElementCodec() {}

    /** Splits elements so that each part fits into one message. */
    static List<List<Element>> chunks(NftSet set, List<Element> elements) {
        List<List<Element>> chunks = new ArrayList<>();
        int fixed = OVERHEAD + 2 * NftSet.length(set.key()) + NftSet.length(set.data());
        int start = 0;
        int bytes = 0;
        for (int i = 0; i < elements.size(); i++) {
            Element element = elements.get(i);
            // A character is at most three bytes; a verdict has the name of a chain.
            int size = fixed + 3 * element.comment().length() + (set.isVerdictMap() ? 260 : 0);
            if (bytes + size > CHUNK_BYTES) {
                chunks.add(elements.subList(start, i));
                start = i;
                bytes = 0;
            }
            bytes += size;
        }
        chunks.add(elements.subList(start, elements.size()));
        return chunks;
    }

    static void write(
            MessageWriter writer, TableId table, NftSet set, List<Element> elements, boolean keys) {
        writer.string(NFTA_SET_ELEM_LIST_TABLE, table.name());
        writer.string(NFTA_SET_ELEM_LIST_SET, set.name());
        int list = writer.begin(NFTA_SET_ELEM_LIST_ELEMENTS);
        boolean ends = set.isInterval() && set.key().size() == 1;
        for (Element element : elements) {
            element(writer, element, keys, !ends && element.isRange());
            if (ends) {
                end(writer, element.last().next());
            }
        }
        writer.end(list);
    }

    private static void element(
            MessageWriter writer, Element element, boolean keyOnly, boolean keyEnd) {
        int nested = writer.begin(NFTA_LIST_ELEM);
        element.key().write(writer, NFTA_SET_ELEM_KEY);
        if (keyEnd) {
            element.last().write(writer, NFTA_SET_ELEM_KEY_END);
        }
        if (!keyOnly) {
            element.data().ifPresent(data -> data.write(writer, NFTA_SET_ELEM_DATA));
            if (!element.timeout().isZero()) {
                writer.be64(NFTA_SET_ELEM_TIMEOUT, element.timeout().toMillis());
            }
            if (!element.comment().isEmpty()) {
                writer.bytes(
                        NFTA_SET_ELEM_USERDATA,
                        UserData.comment(UserData.COMMENT, element.comment()));
            }
        }
        writer.end(nested);
    }

    /** The key behind a range; a range up to the greatest key has no end. */
    private static void end(MessageWriter writer, Value key) {
        if (key.isZero()) {
            return;
        }
        int nested = writer.begin(NFTA_LIST_ELEM);
        writer.be32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
        key.write(writer, NFTA_SET_ELEM_KEY);
        writer.end(nested);
    }

    /** The elements in a message, as the kernel has them. */
    static List<Raw> read(NetlinkMessage message) throws MalformedMessageException {
        List<Raw> elements = new ArrayList<>();
        Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
        while (attributes.next()) {
            if (attributes.attribute().type() == NFTA_SET_ELEM_LIST_ELEMENTS) {
                Attributes list = attributes.attribute().nested();
                while (list.next()) {
                    elements.add(raw(list.attribute().nested()));
                }
            }
        }
        return elements;
    }

    private static Raw raw(Attributes attributes) throws MalformedMessageException {
        Value key = Value.of(new byte[0]);
        Optional<Value> last = Optional.empty();
        Optional<Data> data = Optional.empty();
        long timeout = 0;
        int flags = 0;
        String comment = "";
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case NFTA_SET_ELEM_KEY -> key = value(a);
                case NFTA_SET_ELEM_KEY_END -> last = Optional.of(value(a));
                case NFTA_SET_ELEM_DATA -> data = Optional.of(Data.read(a.nested()));
                case NFTA_SET_ELEM_FLAGS -> flags = a.be32();
                case NFTA_SET_ELEM_TIMEOUT -> timeout = a.be64();
                case NFTA_SET_ELEM_USERDATA ->
                        comment = UserData.comment(a.bytes(), UserData.COMMENT);
                default -> {}
            }
        }
        Element element =
                new Element(key, last.orElse(key), data, Duration.ofMillis(timeout), comment);
        return new Raw(element, (flags & NFT_SET_ELEM_INTERVAL_END) != 0);
    }

    private static Value value(Attribute attribute) throws MalformedMessageException {
        if (Data.read(attribute.nested()) instanceof Value value) {
            return value;
        }
        throw new MalformedMessageException("the key of a set's element is a verdict");
    }

    /** Puts the ranges of an interval set together; other sets are as they are. */
    static SetContents join(NftSet set, List<Raw> raw) {
        boolean ends = set.isInterval() && set.key().size() == 1;
        List<Element> elements = new ArrayList<>(raw.size());
        if (!ends) {
            // A walk through a hash table that grows meanwhile may meet an element twice
            // (rhashtable_walk_enter()).
            Set<Value> seen = HashSet.newHashSet(raw.size());
            for (Raw one : raw) {
                if (seen.add(one.element().key())) {
                    elements.add(clean(set, one.element()));
                }
            }
            return new SetContents(set, elements);
        }
        List<Raw> sorted = new ArrayList<>(raw);
        // Where one range ends and the next begins with the same key, the end comes first.
        sorted.sort((a, b) -> {
            int order = a.element().key().compareTo(b.element().key());
            return order == 0 ? Boolean.compare(b.end(), a.end()) : order;
        });
        @Nullable Element open = null;
        for (Raw one : sorted) {
            Value key = one.element().key();
            if (open != null) {
                elements.add(range(set, open, key.previous()));
                open = null;
            }
            if (!one.end()) {
                open = one.element();
            }
        }
        if (open != null) {
            elements.add(range(set, open, Value.of(new byte[open.key().length()]).not()));
        }
        return new SetContents(set, elements);
    }

    private static Element range(NftSet set, Element first, Value last) {
        return clean(
                set,
                new Element(first.key(), last, first.data(), first.timeout(), first.comment()));
    }

    /** The kernel reports the set's own timeout with each element that has none of its own. */
    private static Element clean(NftSet set, Element element) {
        return !element.timeout().isZero() && element.timeout().equals(set.timeout())
                ? element.timeout(Duration.ZERO)
                : element;
    }

    /** An element as the kernel has it: an end is no element but the key behind a range. */
    record Raw(Element element, boolean end) {}
}
