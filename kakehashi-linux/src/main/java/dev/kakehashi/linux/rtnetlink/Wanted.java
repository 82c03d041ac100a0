package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.Optional;
import java.util.OptionalInt;

/** Attributes that may be left out: empty ones are not written and match everything. */
final class Wanted {
    private Wanted() {}

    static boolean matches(Optional<?> wanted, Optional<?> observed) {
        return wanted.isEmpty() || wanted.equals(observed);
    }

    static boolean matches(OptionalInt wanted, OptionalInt observed) {
        return wanted.isEmpty() || wanted.equals(observed);
    }

    static void flag(MessageWriter writer, int type, Optional<Boolean> value) {
        if (value.isPresent()) {
            writer.u8(type, value.get() ? 1 : 0);
        }
    }

    static void u8(MessageWriter writer, int type, OptionalInt value) {
        if (value.isPresent()) {
            writer.u8(type, value.getAsInt());
        }
    }

    static void u16(MessageWriter writer, int type, OptionalInt value) {
        if (value.isPresent()) {
            writer.u16(type, value.getAsInt());
        }
    }

    static void u32(MessageWriter writer, int type, OptionalInt value) {
        if (value.isPresent()) {
            writer.u32(type, value.getAsInt());
        }
    }

    static void words(
            StringBuilder text, String name, Optional<Boolean> value, String on, String off) {
        if (value.isPresent()) {
            text.append(' ').append(name).append(value.get() ? on : off);
        }
    }

    static void words(StringBuilder text, String name, OptionalInt value) {
        if (value.isPresent()) {
            text.append(' ').append(name).append(' ').append(value.getAsInt());
        }
    }
}
