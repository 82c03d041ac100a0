package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.linux.nft.expr.Verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A set of {@link FakeNft} with the kernel's checks. */
final class FakeSet {
    private final NftSet set;
    private final Map<Value, Element> elements = new TreeMap<>();

    FakeSet(NftSet set) {
        this.set = set;
    }

    FakeSet copy() {
        FakeSet copy = new FakeSet(set);
        copy.elements.putAll(elements);
        return copy;
    }

    SetContents contents() {
        return new SetContents(set, List.copyOf(elements.values()));
    }

    /** What the kernel compares when a set is added again: all but the comment. */
    boolean isSame(NftSet other) {
        return set.comment("").equals(other.comment(""));
    }

    void clear() {
        elements.clear();
    }

    /** The chains that a verdict map leads to. */
    List<String> targets() {
        List<String> targets = new ArrayList<>();
        if (set.isVerdictMap()) {
            for (Element element : elements.values()) {
                if (element.data().isPresent()
                        && element.data().get() instanceof Verdict verdict
                        && !verdict.chain().isEmpty()) {
                    targets.add(verdict.chain());
                }
            }
        }
        return targets;
    }

    void add(Command command, Element element, boolean exclusive) throws NftException {
        Element there = elements.get(element.key());
        if (there == null || !there.last().equals(element.last())) {
            if (overlaps(element)) {
                throw FakeTable.error(Errno.EEXIST, command);
            }
            if (set.size() != 0 && elements.size() >= set.size()) {
                throw FakeTable.error(Errno.ENFILE, command);
            }
            elements.put(element.key(), element);
        } else if (exclusive || !there.data().equals(element.data())) {
            throw FakeTable.error(Errno.EEXIST, command);
        }
    }

    private boolean overlaps(Element element) {
        if (!set.isInterval()) {
            return false;
        }
        boolean single = set.key().size() == 1;
        for (Element other : elements.values()) {
            // Of concatenations the kernel looks at the ends only: a range around another is taken.
            if (isWithin(element.key(), other)
                    || isWithin(element.last(), other)
                    || (single && isWithin(other.key(), element))) {
                return true;
            }
        }
        return false;
    }

    /** A key is within a range of a concatenation when each field is. */
    private boolean isWithin(Value key, Element range) {
        int at = 0;
        for (DataType type : set.key()) {
            int length = type.length();
            Value field = key.slice(at, length);
            if (field.compareTo(range.key().slice(at, length)) < 0
                    || field.compareTo(range.last().slice(at, length)) > 0) {
                return false;
            }
            at += Value.padded(length);
        }
        return true;
    }

    void delete(Command command, List<Element> gone, boolean lenient) throws NftException {
        for (Element element : gone) {
            Optional<Element> there = find(element);
            if (there.isPresent()) {
                elements.remove(there.get().key());
            } else if (!lenient) {
                throw FakeTable.error(Errno.ENOENT, command);
            }
        }
    }

    /** Of concatenations the kernel takes whichever range holds the first key. */
    private Optional<Element> find(Element wanted) {
        if (set.isInterval() && set.key().size() > 1) {
            for (Element element : elements.values()) {
                if (isWithin(wanted.key(), element)) {
                    return Optional.of(element);
                }
            }
            return Optional.empty();
        }
        return Optional.ofNullable(elements.get(wanted.key()))
                .filter(element -> element.last().equals(wanted.last()));
    }
}
