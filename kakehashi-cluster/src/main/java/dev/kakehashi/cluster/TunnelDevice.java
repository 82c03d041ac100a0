package dev.kakehashi.cluster;

import java.util.Arrays;
import java.util.Optional;

/**
 * Which of a node's two WireGuard devices. One of them carries; the other is there only while keys
 * are rotated, since a device has one private key and one UDP port.
 */
public enum TunnelDevice {
    /** The one that a network begins with. */
    FIRST(1),
    /** The one beside it. */
    SECOND(2);

    private final int number;

    TunnelDevice(int number) {
        this.number = number;
    }

    /** The device of a number; empty when there is none. */
    public static Optional<TunnelDevice> of(long number) {
        return Arrays.stream(values()).filter(device -> device.number == number).findFirst();
    }

    /** 1 or 2. */
    public int number() {
        return number;
    }

    /** The one beside it. */
    public TunnelDevice other() {
        return this == FIRST ? SECOND : FIRST;
    }
}
