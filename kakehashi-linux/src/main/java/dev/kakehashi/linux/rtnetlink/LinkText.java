package dev.kakehashi.linux.rtnetlink;

import java.util.Locale;
import java.util.Optional;

/** A {@link LinkSpec} in the words of ip-link(8). */
final class LinkText {
    private LinkText() {}

    static String of(LinkSpec spec) {
        StringBuilder text = new StringBuilder();
        word(text, "name", spec.name());
        Wanted.words(text, "index", spec.index());
        Wanted.words(text, "link index", spec.parent());
        Wanted.words(text, "link-netnsid", spec.parentNetnsId());
        word(text, "address", spec.mac());
        Wanted.words(text, "mtu", spec.mtu());
        Wanted.words(text, "txqueuelen", spec.txQueueLength());
        Wanted.words(text, "numtxqueues", spec.txQueues());
        Wanted.words(text, "numrxqueues", spec.rxQueues());
        Wanted.words(text, "group", spec.group());
        if (spec.master().isPresent()) {
            int master = spec.master().getAsInt();
            text.append(master == 0 ? " nomaster" : " master #" + master);
        }
        spec.alias().ifPresent(alias -> text.append(" alias \"").append(alias).append('"'));
        Wanted.words(text, "", spec.up(), "up", "down");
        Wanted.words(text, "promisc ", spec.promiscuous(), "on", "off");
        Wanted.words(text, "allmulticast ", spec.allMulticast(), "on", "off");
        Wanted.words(text, "arp ", spec.arp(), "on", "off");
        word(text, "netns", spec.netns());
        spec.addrGenMode()
                .ifPresent(mode ->
                        text.append(" addrgenmode ")
                                .append(
                                        mode == AddrGenMode.STABLE_PRIVACY
                                                ? "stable_secret"
                                                : lower(mode)));
        spec.ipv4()
                .forEach((setting, value) ->
                        text.append(' ').append(lower(setting)).append('=').append(value));
        spec.kind()
                .ifPresent(
                        kind -> text.append(" type ").append(kind.name()).append(kind.options()));
        spec.bridgePort().ifPresent(port -> text.append(" type bridge_slave").append(port));
        return text.toString();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void word(StringBuilder text, String name, Optional<?> value) {
        value.ifPresent(v -> text.append(' ').append(name).append(' ').append(v));
    }
}
