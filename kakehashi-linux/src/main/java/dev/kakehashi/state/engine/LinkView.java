package dev.kakehashi.state.engine;

import dev.kakehashi.linux.rtnetlink.BridgeVlan;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.OtherKind;
import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.LinkSettings;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** Links as the kernel shows them, in the terms of the engine. */
final class LinkView {
    private LinkView() {}

    /**
     * @param names the names of other links by index
     * @param vlans the VLANs of ports, if they were asked for
     */
    static ObservedLink of(
            Link link,
            IntFunction<Optional<String>> names,
            IntFunction<Optional<List<BridgeVlan>>> vlans) {
        LinkSettings settings =
                new LinkSettings(
                        OptionalInt.of(link.mtu()),
                        link.mac(),
                        Optional.of(link.isUp()),
                        OptionalInt.of(link.group()),
                        OptionalInt.of(link.txQueueLength()),
                        Optional.of(link.isPromiscuous()),
                        Optional.of(link.isAllMulticast()),
                        link.addrGenMode());
        return new ObservedLink(
                link.index(),
                link.name(),
                link.kind().map(LinkKind::name).orElse(""),
                link.kind().filter(kind -> !(kind instanceof OtherKind)),
                link.alias(),
                link.master() == 0 ? Optional.empty() : names.apply(link.master()),
                link.master(),
                link.parent(),
                link.parentNetnsId().isPresent(),
                settings,
                port(link, vlans),
                link.isRunning());
    }

    private static BridgePort port(Link link, IntFunction<Optional<List<BridgeVlan>>> vlans) {
        if (link.bridgePort().isEmpty()) {
            return BridgePort.NONE;
        }
        dev.kakehashi.linux.rtnetlink.BridgePort port = link.bridgePort().get();
        return new BridgePort(
                port.hairpin(), port.isolated(), port.learning(), vlans.apply(link.index()));
    }
}
