package dev.kakehashi.state.engine;

import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.LinkSettings;
import dev.kakehashi.state.Ownership;

import java.util.Optional;

/**
 * A link as the kernel has it.
 *
 * @param index interface index in its namespace
 * @param name interface name
 * @param kindName the kernel's name of its kind, empty for hardware and {@code lo}
 * @param kind the kind with its attributes, for kinds that we know
 * @param alias IFLA_IFALIAS or empty
 * @param master the name of its bridge or VRF
 * @param masterIndex its index, 0 without one
 * @param lowerIndex IFLA_LINK: the index of the lower link or of a veth's peer, 0 without one
 * @param lowerElsewhere whether that one is in another namespace
 * @param settings all of them, none empty but what the link lacks
 * @param port all that a bridge port has, or nothing
 * @param running whether it is operational: up, with carrier
 */
public record ObservedLink(
        int index,
        String name,
        String kindName,
        Optional<LinkKind> kind,
        String alias,
        Optional<String> master,
        int masterIndex,
        int lowerIndex,
        boolean lowerElsewhere,
        LinkSettings settings,
        BridgePort port,
        boolean running) {

    /** Whether whoever made it for us did not come to mark it. */
    boolean isNascent() {
        return alias.isEmpty() && settings.group().orElse(0) == Ownership.NASCENT_GROUP;
    }

    /** Whether it was removed and is gone soon. */
    boolean isOnItsWayOut() {
        return Ownership.isOnItsWayOut(settings.group().orElse(0));
    }

    /** Whether it is ours and for this owner. */
    boolean isFor(String owner) {
        return alias.equals(Ownership.alias(owner)) || isNascent();
    }

    /** What it is, for people. */
    String describe() {
        String what = kindName.isEmpty() ? "a device" : "a " + kindName;
        return alias.isEmpty() ? what : what + " with alias \"" + alias + "\"";
    }
}
