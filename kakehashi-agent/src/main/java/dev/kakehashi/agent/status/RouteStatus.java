package dev.kakehashi.agent.status;

import dev.kakehashi.linux.IpPrefix;

/**
 * A route of a node to pods of another one.
 *
 * @param prefix the pods
 * @param node whose they are; empty for a route that nobody wants any more
 * @param carrier how they are reached
 * @param via the next hop; empty when the device is enough, or nothing is there
 * @param device the interface; empty when nothing is there
 * @param mtu of the route or its interface, in octets; 0 when nothing is there
 * @param state whether it is as wanted
 */
public record RouteStatus(
        IpPrefix prefix,
        String node,
        String carrier,
        String via,
        String device,
        int mtu,
        State state) {
    /** How a route in the kernel stands to what is wanted. */
    public enum State {
        /** As wanted. */
        OK,
        /** Wanted and not there. */
        MISSING,
        /** There, and otherwise than wanted. */
        DIFFERS,
        /** There, ours, and not wanted. */
        UNWANTED;

        @Override
        public String toString() {
            return switch (this) {
                case OK -> "ok";
                case MISSING -> "missing";
                case DIFFERS -> "differs";
                case UNWANTED -> "unwanted";
            };
        }
    }
}
