package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;

import java.util.HashMap;
import java.util.Map;

/**
 * The attributes of one expression by number. It knows which were asked for: an expression that
 * carries more than its record can hold must not be taken for it.
 */
final class Fields {
    private final Map<Integer, Attribute> unread = new HashMap<>();

    Fields(Attributes attributes) throws MalformedMessageException {
        while (attributes.next()) {
            unread.put(attributes.attribute().type(), attributes.attribute());
        }
    }

    boolean has(int type) {
        return unread.containsKey(type);
    }

    /** Whether every attribute was asked for. */
    boolean allRead() {
        return unread.isEmpty();
    }

    void ignore(int type) {
        unread.remove(type);
    }

    Register register(int type) throws MalformedMessageException {
        Attribute attribute = unread.remove(type);
        return attribute == null ? Register.NONE : new Register(attribute.be32());
    }

    int be32(int type, int otherwise) throws MalformedMessageException {
        Attribute attribute = unread.remove(type);
        return attribute == null ? otherwise : attribute.be32();
    }

    int be16(int type, int otherwise) throws MalformedMessageException {
        Attribute attribute = unread.remove(type);
        return attribute == null ? otherwise : attribute.be16();
    }

    int u8(int type, int otherwise) throws MalformedMessageException {
        Attribute attribute = unread.remove(type);
        return attribute == null ? otherwise : attribute.u8();
    }

    long be64(int type, long otherwise) throws MalformedMessageException {
        Attribute attribute = unread.remove(type);
        return attribute == null ? otherwise : attribute.be64();
    }

    String string(int type) {
        Attribute attribute = unread.remove(type);
        return attribute == null ? "" : attribute.string();
    }

    Data data(int type) throws MalformedMessageException {
        Attribute attribute = unread.remove(type);
        if (attribute == null) {
            throw new MalformedMessageException("attribute " + type + " with data is missing");
        }
        return Data.read(attribute.nested());
    }

    Value bytes(int type) throws MalformedMessageException {
        Attribute attribute = unread.remove(type);
        if (attribute == null) {
            throw new MalformedMessageException("attribute " + type + " is missing");
        }
        return Value.of(attribute.bytes());
    }

    Value value(int type) throws MalformedMessageException {
        if (data(type) instanceof Value value) {
            return value;
        }
        throw new MalformedMessageException("attribute " + type + " has a verdict for a value");
    }
}
