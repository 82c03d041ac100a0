package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Entries of the neighbour table. */
final class NeighbourHandler extends NetlinkHandler<Neighbour> {
    @Override
    Phase phase(Neighbour neighbour) {
        return Phase.NEIGHBOUR;
    }

    @Override
    boolean same(Neighbour wanted, Neighbour found) {
        return wanted.mac().equals(found.mac());
    }

    /** What was learned has the same address today, perhaps; it must be made to stay. */
    @Override
    boolean satisfies(Neighbour wanted, Observed found) {
        return found.mark() != Mark.NONE && super.satisfies(wanted, found);
    }

    @Override
    boolean replaceable(Observed found) {
        return found.mark() == Mark.NONE;
    }

    @Override
    List<String> createCommands(NamespaceId namespace, Neighbour neighbour, boolean replace) {
        StringBuilder text = new StringBuilder(Commands.ip(namespace)).append(" neighbour ");
        text.append(replace ? "replace " : "add ");
        neighbour
                .mac()
                .ifPresentOrElse(
                        mac ->
                                text.append(Commands.text(neighbour.address()))
                                        .append(" lladdr ")
                                        .append(mac),
                        () -> text.append("proxy ").append(Commands.text(neighbour.address())));
        text.append(" dev ").append(neighbour.device());
        text.append(neighbour.mac().isPresent() ? " nud permanent" : "");
        return List.of(text.append(" protocol ").append(Ownership.PROTOCOL).toString());
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, Neighbour neighbour) {
        return List.of(
                Commands.ip(namespace)
                        + " neighbour delete "
                        + (neighbour.mac().isEmpty() ? "proxy " : "")
                        + Commands.text(neighbour.address())
                        + " dev "
                        + neighbour.device());
    }

    @Override
    NetlinkRequest create(
            NamespaceId namespace, Neighbour neighbour, boolean replace, Indexes indexes)
            throws IOException {
        var message = message(namespace, neighbour, indexes);
        return replace ? Neighbours.replace(message) : Neighbours.add(message);
    }

    @Override
    NetlinkRequest remove(NamespaceId namespace, Neighbour neighbour, Indexes indexes)
            throws IOException {
        return Neighbours.delete(message(namespace, neighbour, indexes));
    }

    private static dev.kakehashi.linux.rtnetlink.Neighbour message(
            NamespaceId namespace, Neighbour neighbour, Indexes indexes) throws IOException {
        int link = indexes.of(namespace, neighbour.device());
        var message =
                neighbour.mac().isPresent()
                        ? dev.kakehashi.linux.rtnetlink.Neighbour.permanent(
                                link, neighbour.address(), neighbour.mac().get())
                        : dev.kakehashi.linux.rtnetlink.Neighbour.proxy(link, neighbour.address());
        return message.withProtocol(Ownership.PROTOCOL);
    }

    /**
     * An entry as the kernel shows it. One that was learned bears nobody's mark and may be
     * replaced; a permanent one is somebody's.
     */
    static Optional<Observed> observed(
            dev.kakehashi.linux.rtnetlink.Neighbour found, String device) {
        if (found.isProxy()) {
            return Optional.of(
                    observed(Neighbour.proxy(device, found.address()), found.protocol(), true));
        }
        if (found.mac().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                observed(
                        Neighbour.permanent(device, found.address(), found.mac().get()),
                        found.protocol(),
                        found.isPermanent()));
    }

    private static Observed observed(Neighbour entry, int protocol, boolean permanent) {
        if (!permanent) {
            return new Observed(entry, Mark.NONE);
        }
        return new Observed(entry, protocol == Ownership.PROTOCOL ? Mark.OURS : Mark.FOREIGN);
    }
}
