package dev.kakehashi.state;

import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TableId;

import java.util.ArrayList;
import java.util.List;

/**
 * Elements of ours in an nftables set or map that others use too, known by their comment. Table and
 * set are made if they are missing and never removed.
 *
 * <p>One key has one element: an element of the same key that bears another comment gives way. Who
 * comes last has the key; the removal of what was there before leaves it alone.
 *
 * @param table the table
 * @param set the set or map without its elements
 * @param comment the mark of the elements; empty if only the set has to be there
 * @param elements what must be in it, all with the comment. None with a comment: whatever bears it,
 *     for its removal
 */
public record NftElements(Table table, NftSet set, String comment, List<Element> elements)
        implements Resource {
    /** Elements are known by their set and comment. */
    public record Key(TableId table, String set, String comment) implements ResourceKey {
        @Override
        public String toString() {
            return comment.isEmpty()
                    ? "nft set " + table + " " + set
                    : "nft elements \"" + comment + "\" in " + table + " " + set;
        }
    }

    public NftElements {
        elements = List.copyOf(elements);
    }

    @Override
    public Key key() {
        return new Key(table.id(), set.name(), comment);
    }

    /** The set alone is shared. */
    @Override
    public Relation relation() {
        return comment.isEmpty() ? Relation.SHARED : Relation.OWNED;
    }

    /** A set that others may use too, without elements of ours. */
    public static NftElements none(Table table, NftSet set) {
        return new NftElements(table, set, "", List.of());
    }

    /** Elements with a comment, which is put on them. */
    public static NftElements of(Table table, NftSet set, String comment, List<Element> elements) {
        List<Element> marked = new ArrayList<>(elements.size());
        for (Element element : elements) {
            marked.add(element.comment(comment));
        }
        return new NftElements(table, set, comment, marked);
    }

    /** Whatever bears a comment: for its removal. */
    public static NftElements all(Table table, NftSet set, String comment) {
        return new NftElements(table, set, comment, List.of());
    }
}
