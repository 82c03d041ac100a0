package dev.kakehashi.state.engine;

import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.NamespaceId;

import java.util.List;

/** Forwarding entries of VXLAN devices and bridges. */
final class FdbHandler extends Handler<FdbEntry> {
    @Override
    Phase phase(FdbEntry entry) {
        return Phase.FDB;
    }

    @Override
    List<String> devices(FdbEntry entry) {
        return List.of(entry.device());
    }

    @Override
    boolean same(FdbEntry wanted, FdbEntry found) {
        return wanted.destination().equals(found.destination());
    }

    @Override
    List<String> createCommands(NamespaceId namespace, FdbEntry entry, boolean replace) {
        String verb = entry.isDefault() ? "append" : replace ? "replace" : "add";
        return List.of(
                Commands.bridge(namespace)
                        + " fdb "
                        + verb
                        + text(entry)
                        + (entry.isMaster() ? " master static" : " self permanent"));
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, FdbEntry entry) {
        return List.of(
                Commands.bridge(namespace)
                        + " fdb delete"
                        + text(entry)
                        + (entry.isMaster() ? " master" : " self"));
    }

    private static String text(FdbEntry entry) {
        StringBuilder text = new StringBuilder(" ").append(entry.mac());
        text.append(" dev ").append(entry.device());
        entry.destination().ifPresent(to -> text.append(" dst ").append(Commands.text(to)));
        entry.vlan().ifPresent(vlan -> text.append(" vlan ").append(vlan));
        return text.toString();
    }
}
