package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/** What a register or a map element holds: bytes or a verdict (enum nft_data_attributes). */
public sealed interface Data permits Value, Verdict {
    /** NFTA_DATA_VALUE. */
    int VALUE = 1;

    /** NFTA_DATA_VERDICT. */
    int VERDICT = 2;

    /** Writes the data as a nested attribute of the type. */
    default void write(MessageWriter writer, int type) {
        int nested = writer.begin(type);
        switch (this) {
            case Value value -> writer.bytes(VALUE, value.bytes());
            case Verdict verdict -> verdict.writeVerdict(writer, VERDICT);
        }
        writer.end(nested);
    }

    /** Reads the attributes inside a nested one. */
    static Data read(Attributes attributes) throws MalformedMessageException {
        while (attributes.next()) {
            Attribute attribute = attributes.attribute();
            if (attribute.type() == VALUE) {
                return Value.of(attribute.bytes());
            }
            if (attribute.type() == VERDICT) {
                return Verdict.read(attribute.nested());
            }
        }
        throw new MalformedMessageException("nftables data has neither a value nor a verdict");
    }
}
