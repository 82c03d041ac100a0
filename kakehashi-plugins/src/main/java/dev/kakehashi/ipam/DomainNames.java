package dev.kakehashi.ipam;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Domain names as a list of labels, with pointers to what was said before (RFC 1035, RFC 3397). */
public final class DomainNames {

    private static final int POINTER = 0xc0;
    private static final int MAX_NAME = 255;

    private DomainNames() {}

    /** The names up to the first that makes no sense. */
    public static List<String> decode(byte[] value) {
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < value.length) {
            StringBuilder name = new StringBuilder();
            int next = read(value, at, name);
            if (next < 0) {
                break;
            }
            if (!name.isEmpty()) {
                names.add(name.toString());
            }
            at = next;
        }
        return names;
    }

    /** Where the next name begins; -1 when this one is malformed. */
    private static int read(byte[] value, int from, StringBuilder name) {
        int at = from;
        int next = -1;
        while (at < value.length) {
            int length = Byte.toUnsignedInt(value[at]);
            if (length == 0) {
                return next < 0 ? at + 1 : next;
            }
            if ((length & POINTER) == POINTER) {
                if (at + 1 >= value.length) {
                    return -1;
                }
                int target = (length & ~POINTER) << 8 | Byte.toUnsignedInt(value[at + 1]);
                next = next < 0 ? at + 2 : next;
                if (target >= at) {
                    return -1; // only backwards: otherwise it may go round for ever
                }
                at = target;
                continue;
            }
            if (length > 63 || at + 1 + length > value.length || name.length() > MAX_NAME) {
                return -1;
            }
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(value, at + 1, length, StandardCharsets.US_ASCII));
            at += 1 + length;
        }
        return -1;
    }
}
