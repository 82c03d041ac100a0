package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.Fdb;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Forwarding entries of VXLAN devices and bridges. */
final class FdbHandler extends UnmarkedHandler<FdbEntry> {
    @Override
    Phase phase(FdbEntry entry) {
        return Phase.FDB;
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

    @Override
    NetlinkRequest create(NamespaceId namespace, FdbEntry entry, boolean replace, Indexes indexes)
            throws IOException {
        var message = message(namespace, entry, indexes);
        if (entry.isDefault()) {
            return Fdb.append(message);
        }
        return replace ? Fdb.replace(message) : Fdb.add(message);
    }

    @Override
    NetlinkRequest remove(NamespaceId namespace, FdbEntry entry, Indexes indexes)
            throws IOException {
        return Fdb.delete(message(namespace, entry, indexes));
    }

    private static dev.kakehashi.linux.rtnetlink.FdbEntry message(
            NamespaceId namespace, FdbEntry entry, Indexes indexes) throws IOException {
        int link = indexes.of(namespace, entry.device());
        if (entry.destination().isPresent()) {
            return dev.kakehashi.linux.rtnetlink.FdbEntry.vxlan(
                    link, entry.mac(), entry.destination().get());
        }
        var message = dev.kakehashi.linux.rtnetlink.FdbEntry.bridge(link, entry.mac());
        return entry.vlan().isPresent() ? message.withVlan(entry.vlan().getAsInt()) : message;
    }

    /** An entry as the kernel shows it; empty for those that were learned or are the kernel's. */
    static Optional<Observed> observed(
            dev.kakehashi.linux.rtnetlink.FdbEntry found, String device) {
        boolean vxlan = found.isSelf() && found.destination().isPresent();
        if (!found.isStatic() || (found.isSelf() && !vxlan)) {
            return Optional.empty();
        }
        return Optional.of(
                new Observed(
                        new FdbEntry(device, found.mac(), found.destination(), found.vlan()),
                        Mark.NONE));
    }
}
