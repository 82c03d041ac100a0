package dev.kakehashi.state.reconcile;

import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkSettings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Links and what has happened to them, in words. */
final class LinkWords {
    private final List<String> words = new ArrayList<>();

    private LinkWords() {}

    /** A link with its kind, for example {@code vxlan kakehashi.1}. */
    static String name(Link link) {
        String kind =
                switch (link.origin()) {
                    case LinkOrigin.Created created -> created.kind().name();
                    case LinkOrigin.VethEnd _ -> "veth";
                    case LinkOrigin.Existing _, LinkOrigin.Moved _ -> "link";
                };
        return kind + " " + link.name();
    }

    /** What differs between what is wanted and what was found; both say the same parts. */
    static String found(Link wanted, Link before) {
        LinkWords all = new LinkWords();
        LinkSettings want = wanted.settings();
        LinkSettings was = before.settings();
        all.add("mtu ", want.mtu(), was.mtu());
        all.add("address ", want.mac(), was.mac());
        all.add("group ", want.group(), was.group());
        all.add("txqueuelen ", want.txQueueLength(), was.txQueueLength());
        all.onOff("promisc ", want.promiscuous(), was.promiscuous());
        all.onOff("allmulticast ", want.allMulticast(), was.allMulticast());
        all.add("addrgenmode ", want.addrGenMode(), was.addrGenMode());
        if (!wanted.owner().equals(before.owner())) {
            all.words.add("without its mark");
        }
        if (!wanted.master().equals(before.master())) {
            all.words.add(before.master().map(name -> "in " + name).orElse("out of its bridge"));
        }
        if (!wanted.origin().equals(before.origin())
                && before.origin() instanceof LinkOrigin.Created created) {
            all.words.add("with" + created.kind().options());
        }
        BridgePort port = wanted.port();
        BridgePort portWas = before.port();
        all.onOff("hairpin ", port.hairpin(), portWas.hairpin());
        all.onOff("isolated ", port.isolated(), portWas.isolated());
        all.onOff("learning ", port.learning(), portWas.learning());
        all.add("vlans ", port.vlans(), portWas.vlans());
        if (!want.up().equals(was.up())) {
            all.words.add(want.wantsUp() ? "down" : "up");
        }
        return String.join(", ", all.words);
    }

    private void add(String name, OptionalInt wanted, OptionalInt found) {
        if (!wanted.equals(found)) {
            words.add(name + (found.isPresent() ? found.getAsInt() : "unset"));
        }
    }

    private <T> void add(String name, Optional<T> wanted, Optional<T> found) {
        if (!wanted.equals(found)) {
            words.add(name + found.map(Object::toString).orElse("unset"));
        }
    }

    private void onOff(String name, Optional<Boolean> wanted, Optional<Boolean> found) {
        add(name, wanted.map(on -> on ? "on" : "off"), found.map(on -> on ? "on" : "off"));
    }
}
