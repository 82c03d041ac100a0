package dev.kakehashi.linux.nft;

/**
 * What names a table: two families may each have a table of one name.
 *
 * @param family the family
 * @param name 1 to 255 characters; of a new table, those that {@link Command} names
 */
public record TableId(Family family, String name) implements Comparable<TableId> {
    public TableId {
        Names.check("table", name);
    }

    /** By family, then by name. */
    @Override
    public int compareTo(TableId other) {
        int order = family.compareTo(other.family);
        return order == 0 ? name.compareTo(other.name) : order;
    }

    // Not the record's own: docs/adr/0008.
    @Override
    public boolean equals(Object other) {
        return other instanceof TableId table && family == table.family && name.equals(table.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + family.number();
    }

    /** As nft writes it: {@code inet kakehashi}. */
    @Override
    public String toString() {
        return family.text() + " " + name;
    }
}
