package dev.kakehashi.state.engine;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;
import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.LinkSettings;
import dev.kakehashi.state.Ownership;

import java.util.Optional;
import java.util.OptionalInt;

/** Links as a kernel would show them. */
final class Links {
    private Links() {}

    static ObservedLink down(String name, int index) {
        return link(name, index, "", "", 0, settings(false));
    }

    static ObservedLink veth(String name, int index, int peer, String owner) {
        return link(name, index, "veth", Ownership.alias(owner), peer, settings(true));
    }

    private static LinkSettings settings(boolean up) {
        return new LinkSettings(
                OptionalInt.of(1450),
                Optional.of(MacAddress.parse("02:00:00:00:00:01")),
                Optional.of(up),
                OptionalInt.of(0),
                OptionalInt.of(1000),
                Optional.of(false),
                Optional.of(false),
                Optional.of(AddrGenMode.EUI64));
    }

    private static ObservedLink link(
            String name, int index, String kind, String alias, int lower, LinkSettings settings) {
        return new ObservedLink(
                index,
                name,
                kind,
                Optional.empty(),
                alias,
                Optional.empty(),
                0,
                lower,
                true,
                settings,
                BridgePort.NONE,
                false);
    }
}
