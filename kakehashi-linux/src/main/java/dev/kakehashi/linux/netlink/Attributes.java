package dev.kakehashi.linux.netlink;

import java.nio.ByteBuffer;

/**
 * The attributes of a message or of a nested attribute, read one after the other:
 *
 * {@snippet :
 * while (attributes.next()) {
 *     Attribute a = attributes.attribute();
 *     switch (a.type()) { ... }
 * }
 * }
 */
public final class Attributes {
    private final ByteBuffer buffer;
    private final int end;
    private int position;
    private Attribute current;

    Attributes(ByteBuffer buffer, int start, int end) {
        this.buffer = buffer;
        this.position = start;
        this.end = end;
        this.current = new Attribute(buffer, 0, start, 0);
    }

    /** No attributes. */
    public static Attributes none() {
        return new Attributes(ByteBuffer.allocate(0), 0, 0);
    }

    /**
     * Moves to the next attribute; false at the end.
     *
     * @throws MalformedMessageException when the next one claims less than its header or more than
     *     there is
     */
    public boolean next() throws MalformedMessageException {
        int rest = end - position;
        if (rest < Attribute.HEADER) {
            // Up to three bytes of padding are usual behind the last attribute.
            return false;
        }
        int length = Short.toUnsignedInt(buffer.getShort(position));
        int type = Short.toUnsignedInt(buffer.getShort(position + 2));
        if (length < Attribute.HEADER || length > rest) {
            throw new MalformedMessageException(
                    "attribute "
                            + type
                            + " claims "
                            + length
                            + " bytes where "
                            + rest
                            + " are left");
        }
        current =
                new Attribute(buffer, type, position + Attribute.HEADER, length - Attribute.HEADER);
        position = Math.min(end, position + ((length + 3) & ~3));
        return true;
    }

    /** The attribute that {@link #next} moved to. */
    public Attribute attribute() {
        return current;
    }
}
