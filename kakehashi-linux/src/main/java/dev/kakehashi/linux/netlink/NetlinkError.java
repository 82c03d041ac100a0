package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Errno;

import java.util.OptionalInt;

/**
 * What the kernel answered to one message that it refused ({@code NLMSG_ERROR} with extended
 * acknowledgement).
 *
 * @param errno the positive error number
 * @param text the kernel's own words, or empty
 * @param offset where in the message (header included) the attribute at fault begins
 * @param missingAttribute the type of an attribute that should have been there
 */
public record NetlinkError(
        int errno, String text, OptionalInt offset, OptionalInt missingAttribute) {
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int NLMSGERR_ATTR_OFFS = 2;
    private static final int NLMSGERR_ATTR_MISS_TYPE = 5;

    /** Decodes {@code NLMSG_ERROR}; its errno is 0 when it acknowledges success. */
    static NetlinkError decode(NetlinkMessage message) throws MalformedMessageException {
        Payload payload = message.payload();
        int errno = -payload.u32(0);
        int size = 4 + NetlinkMessage.HEADER;
        if (!message.has(NetlinkMessage.NLM_F_CAPPED)) {
            // The whole request is quoted before the attributes.
            size = 4 + Math.max(NetlinkMessage.HEADER, payload.u32(4));
        }
        return withAttributes(errno, message, size);
    }

    /** Decodes the end of a dump, which may report an error of its own. */
    static NetlinkError decodeDone(NetlinkMessage message) throws MalformedMessageException {
        if (message.payload().length() < 4) {
            return new NetlinkError(0, "", OptionalInt.empty(), OptionalInt.empty());
        }
        return withAttributes(-message.payload().u32(0), message, 4);
    }

    private static NetlinkError withAttributes(int errno, NetlinkMessage message, int size)
            throws MalformedMessageException {
        String text = "";
        OptionalInt offset = OptionalInt.empty();
        OptionalInt missing = OptionalInt.empty();
        if (message.has(NetlinkMessage.NLM_F_ACK_TLVS)) {
            Attributes attributes = message.payload().attributes(size);
            while (attributes.next()) {
                Attribute a = attributes.attribute();
                switch (a.type()) {
                    case NLMSGERR_ATTR_MSG -> text = a.string();
                    case NLMSGERR_ATTR_OFFS -> offset = OptionalInt.of(a.u32());
                    case NLMSGERR_ATTR_MISS_TYPE -> missing = OptionalInt.of(a.u32());
                    default -> {}
                }
            }
        }
        return new NetlinkError(errno, text, offset, missing);
    }

    /** For people: errno, the kernel's words, and what is at fault. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(Errno.text(errno));
        if (!text.isEmpty()) {
            s.append(": ").append(text);
        }
        if (offset.isPresent()) {
            s.append(" (at byte ").append(offset.getAsInt()).append(" of the message)");
        }
        if (missingAttribute.isPresent()) {
            s.append(" (attribute ").append(missingAttribute.getAsInt()).append(" is missing)");
        }
        return s.toString();
    }
}
