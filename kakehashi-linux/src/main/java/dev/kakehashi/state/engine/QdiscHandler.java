package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.Qdiscs;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Qdisc;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Queueing disciplines. */
final class QdiscHandler extends UnmarkedHandler<Qdisc> {
    @Override
    Phase phase(Qdisc qdisc) {
        return Phase.QDISC;
    }

    @Override
    boolean same(Qdisc wanted, Qdisc found) {
        return wanted.kind().matches(found.kind());
    }

    @Override
    List<String> createCommands(NamespaceId namespace, Qdisc qdisc, boolean replace) {
        return List.of(
                Commands.tc(namespace)
                        + " qdisc "
                        + (replace ? "replace" : "add")
                        + text(qdisc)
                        + (qdisc.place() == Qdisc.Place.ROOT ? " handle 1: " : " ")
                        + qdisc.kind());
    }

    @Override
    List<String> changeCommands(NamespaceId namespace, Qdisc qdisc, Qdisc before) {
        return isOfOtherKind(qdisc, before)
                ? List.of(
                        removeCommands(namespace, before).getFirst(),
                        createCommands(namespace, qdisc, false).getFirst())
                : createCommands(namespace, qdisc, true);
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, Qdisc qdisc) {
        return List.of(
                Commands.tc(namespace)
                        + " qdisc delete"
                        + text(qdisc)
                        + (qdisc.place() == Qdisc.Place.ROOT ? "" : " " + qdisc.kind().name()));
    }

    private static String text(Qdisc qdisc) {
        return " dev " + qdisc.device() + (qdisc.place() == Qdisc.Place.ROOT ? " root" : "");
    }

    @Override
    NetlinkRequest create(NamespaceId namespace, Qdisc qdisc, boolean replace, Indexes indexes)
            throws IOException {
        var message = message(namespace, qdisc, indexes);
        return replace ? Qdiscs.replace(message) : Qdiscs.add(message);
    }

    @Override
    NetlinkRequest remove(NamespaceId namespace, Qdisc qdisc, Indexes indexes) throws IOException {
        return Qdiscs.delete(message(namespace, qdisc, indexes));
    }

    @Override
    List<NetlinkRequest> change(NamespaceId namespace, Qdisc qdisc, Qdisc before, Indexes indexes)
            throws IOException {
        return isOfOtherKind(qdisc, before)
                ? List.of(
                        remove(namespace, before, indexes),
                        create(namespace, qdisc, false, indexes))
                : List.of(create(namespace, qdisc, true, indexes));
    }

    /** A discipline cannot become one of another kind; its filters go with it then. */
    static boolean isOfOtherKind(Qdisc qdisc, Qdisc before) {
        return !qdisc.kind().name().equals(before.kind().name());
    }

    private static dev.kakehashi.linux.rtnetlink.Qdisc message(
            NamespaceId namespace, Qdisc qdisc, Indexes indexes) throws IOException {
        int link = indexes.of(namespace, qdisc.device());
        return qdisc.place() == Qdisc.Place.ROOT
                ? dev.kakehashi.linux.rtnetlink.Qdisc.root(link, qdisc.kind())
                : new dev.kakehashi.linux.rtnetlink.Qdisc(
                        link,
                        dev.kakehashi.linux.rtnetlink.Qdisc.INGRESS,
                        dev.kakehashi.linux.rtnetlink.Qdisc.INGRESS_HANDLE,
                        qdisc.kind());
    }

    /**
     * A discipline as the kernel shows it; empty for the kernel's own default, which has no handle,
     * and for those in classes.
     */
    static Optional<Observed> observed(dev.kakehashi.linux.rtnetlink.Qdisc found, String device) {
        if (found.handle() == 0) {
            return Optional.empty();
        }
        return switch (found.parent()) {
            case dev.kakehashi.linux.rtnetlink.Qdisc.ROOT ->
                    Optional.of(new Observed(Qdisc.root(device, found.kind()), Mark.NONE));
            case dev.kakehashi.linux.rtnetlink.Qdisc.INGRESS ->
                    Optional.of(
                            new Observed(
                                    new Qdisc(device, Qdisc.Place.INGRESS, found.kind()),
                                    Mark.NONE));
            default -> Optional.empty();
        };
    }
}
