package dev.kakehashi.state.engine;

import dev.kakehashi.linux.rtnetlink.BridgeVlan;
import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkSettings;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Links in the words of ip-link(8) and bridge(8). */
final class LinkText {
    private static final String ONE_QUEUE = " numtxqueues 1 numrxqueues 1";

    private LinkText() {}

    static List<String> create(NamespaceId namespace, Link link, boolean up) {
        StringBuilder text = new StringBuilder(Commands.ip(namespace)).append(" link add ");
        text.append(link.name());
        atCreation(text, link.settings());
        // Of some kinds ip-link(8) takes the lower link among the options of the kind only.
        boolean option =
                link.origin() instanceof LinkOrigin.Created created
                        && created.kind().hasParentAttribute();
        link.parent()
                .filter(parent -> !option)
                .ifPresent(parent -> {
                    text.append(" link ").append(parent.name());
                    if (!parent.namespace().equals(namespace)) {
                        text.append(" link-netns ").append(parent.namespace());
                    }
                });
        if (link.origin() instanceof LinkOrigin.Created created) {
            text.append(" type ").append(kind(created));
        }
        link.parent()
                .filter(parent -> option)
                .ifPresent(parent -> text.append(" dev ").append(parent.name()));
        List<String> commands = new ArrayList<>();
        boolean elsewhere =
                link.parent().isPresent() && !link.parent().get().namespace().equals(namespace);
        if (elsewhere) {
            text.append(" group ").append(Ownership.NASCENT_GROUP);
            commands.add(text.toString());
        } else {
            commands.add(text.toString());
            rest(commands, namespace, link, up);
        }
        return commands;
    }

    static List<String> createPair(Step.CreatePair pair) {
        StringBuilder text = new StringBuilder(Commands.ip(pair.namespace()));
        text.append(" link add ").append(pair.resource().name()).append(ONE_QUEUE);
        atCreation(text, pair.resource().settings());
        text.append(" type veth peer name ").append(pair.peer().name()).append(ONE_QUEUE);
        atCreation(text, pair.peer().settings());
        if (!pair.peerNamespace().equals(pair.namespace())) {
            text.append(" netns ").append(pair.peerNamespace());
        }
        List<String> commands = new ArrayList<>();
        commands.add(text.toString());
        rest(commands, pair.namespace(), pair.resource(), pair.resource().settings().wantsUp());
        return commands;
    }

    static List<String> configure(NamespaceId namespace, Link link) {
        List<String> commands = new ArrayList<>();
        rest(commands, namespace, link, link.settings().wantsUp());
        return commands;
    }

    static List<String> move(Step.Move move) {
        String from = Commands.ip(move.from().namespace()) + " link set " + move.from().name();
        String to = move.resource().name();
        return List.of(
                from
                        + (to.equals(move.from().name()) ? "" : " name " + to)
                        + " netns "
                        + move.namespace());
    }

    static List<String> change(NamespaceId namespace, Link link, Link before) {
        StringBuilder text = new StringBuilder();
        LinkSettings settings = link.settings();
        settings.mac().ifPresent(mac -> text.append(" address ").append(mac));
        settings.mtu().ifPresent(mtu -> text.append(" mtu ").append(mtu));
        more(text, settings);
        if (!link.owner().equals(before.owner())) {
            alias(text, link);
        }
        if (!link.master().equals(before.master())) {
            text.append(link.master().map(master -> " master " + master).orElse(" nomaster"));
        }
        settings.up().ifPresent(up -> text.append(up ? " up" : " down"));
        List<String> commands = new ArrayList<>();
        if (!text.isEmpty()) {
            commands.add(Commands.ip(namespace) + " link set " + link.name() + text);
        }
        if (!link.origin().equals(before.origin())
                && link.origin() instanceof LinkOrigin.Created created) {
            commands.add(
                    Commands.ip(namespace) + " link set " + link.name() + " type " + kind(created));
        }
        port(commands, namespace, link, before.port().vlans());
        return commands;
    }

    private static void atCreation(StringBuilder text, LinkSettings settings) {
        settings.mac().ifPresent(mac -> text.append(" address ").append(mac));
        settings.mtu().ifPresent(mtu -> text.append(" mtu ").append(mtu));
    }

    private static void rest(List<String> commands, NamespaceId namespace, Link link, boolean up) {
        StringBuilder text = new StringBuilder();
        more(text, link.settings());
        alias(text, link);
        link.master().ifPresent(master -> text.append(" master ").append(master));
        text.append(up ? " up" : "");
        if (!text.isEmpty()) {
            commands.add(Commands.ip(namespace) + " link set " + link.name() + text);
        }
        port(commands, namespace, link, Optional.empty());
    }

    private static String kind(LinkOrigin.Created created) {
        return created.kind().name() + created.kind().options();
    }

    private static void alias(StringBuilder text, Link link) {
        if (link.relation() == Relation.OWNED) {
            text.append(" alias ").append(Ownership.alias(link.owner()));
        }
    }

    private static void more(StringBuilder text, LinkSettings settings) {
        settings.group().ifPresent(group -> text.append(" group ").append(group));
        settings.txQueueLength().ifPresent(length -> text.append(" txqueuelen ").append(length));
        settings.promiscuous().ifPresent(on -> text.append(" promisc ").append(Commands.onOff(on)));
        settings.allMulticast()
                .ifPresent(on -> text.append(" allmulticast ").append(Commands.onOff(on)));
        settings.addrGenMode()
                .ifPresent(mode ->
                        text.append(" addrgenmode ")
                                .append(
                                        switch (mode) {
                                            case EUI64 -> "eui64";
                                            case NONE -> "none";
                                            case STABLE_PRIVACY -> "stable_secret";
                                            case RANDOM -> "random";
                                        }));
    }

    private static void port(
            List<String> commands,
            NamespaceId namespace,
            Link link,
            Optional<List<BridgeVlan>> before) {
        BridgePort port = link.port();
        StringBuilder text = new StringBuilder();
        port.hairpin().ifPresent(on -> text.append(" hairpin ").append(Commands.onOff(on)));
        port.isolated().ifPresent(on -> text.append(" isolated ").append(Commands.onOff(on)));
        port.learning().ifPresent(on -> text.append(" learning ").append(Commands.onOff(on)));
        String bridge = Commands.bridge(namespace);
        if (!text.isEmpty()) {
            commands.add(bridge + " link set dev " + link.name() + text);
        }
        if (port.vlans().isPresent()) {
            // A new port is in VLAN 1, the bridge's default.
            List<BridgeVlan> old = before.orElse(List.of(BridgeVlan.access(1)));
            List<BridgeVlan> wanted = port.vlans().get();
            for (BridgeVlan vlan : old) {
                if (!wanted.contains(vlan)) {
                    commands.add(bridge + " vlan delete dev " + link.name() + vid(vlan));
                }
            }
            for (BridgeVlan vlan : wanted) {
                if (!old.contains(vlan)) {
                    commands.add(bridge + " vlan add dev " + link.name() + vlan(vlan));
                }
            }
        }
    }

    private static String vid(BridgeVlan vlan) {
        return " vid " + vlan.first() + (vlan.last() > vlan.first() ? "-" + vlan.last() : "");
    }

    private static String vlan(BridgeVlan vlan) {
        return vid(vlan) + (vlan.pvid() ? " pvid" : "") + (vlan.untagged() ? " untagged" : "");
    }
}
