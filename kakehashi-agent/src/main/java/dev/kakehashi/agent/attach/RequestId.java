package dev.kakehashi.agent.attach;

import org.jspecify.annotations.Nullable;

/** The 16 random bytes that a front binary repeats when it asks again after an agent's death. */
record RequestId(long high, long low) {
    static RequestId decode(byte[] bytes) {
        return new RequestId(Frame.int64(bytes, 0), Frame.int64(bytes, 8));
    }

    byte[] encode() {
        byte[] bytes = new byte[16];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (high >> (56 - 8 * i));
            bytes[8 + i] = (byte) (low >> (56 - 8 * i));
        }
        return bytes;
    }

    // Not the generated methods: linking them takes a cold process milliseconds.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RequestId id && high == id.high && low == id.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high ^ low);
    }

    @Override
    public String toString() {
        return Long.toHexString(high) + Long.toHexString(low);
    }
}
