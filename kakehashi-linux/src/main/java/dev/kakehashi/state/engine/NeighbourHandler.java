package dev.kakehashi.state.engine;

import dev.kakehashi.linux.MacAddress;
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
    /**
     * Stands for the address of an entry that has none: packets to a neighbour that nobody has told
     * of leave one behind that is incomplete, then failed, and stays while they come.
     */
    private static final MacAddress UNRESOLVED = MacAddress.ZERO;

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
        if (isUnresolved(neighbour)) {
            return List.of(
                    Commands.ip(namespace)
                            + " neighbour add "
                            + Commands.text(neighbour.address())
                            + " dev "
                            + neighbour.device()
                            + " nud incomplete");
        }
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
    List<String> changeCommands(NamespaceId namespace, Neighbour neighbour, Neighbour before) {
        return isUnresolved(neighbour)
                ? removeCommands(namespace, neighbour)
                : super.changeCommands(namespace, neighbour, before);
    }

    /** What was unresolved before is made so again by the next packet. */
    @Override
    List<NetlinkRequest> change(
            NamespaceId namespace, Neighbour neighbour, Neighbour before, Indexes indexes)
            throws IOException {
        return isUnresolved(neighbour)
                ? List.of(remove(namespace, neighbour, indexes))
                : super.change(namespace, neighbour, before, indexes);
    }

    private static boolean isUnresolved(Neighbour neighbour) {
        return neighbour.mac().equals(Optional.of(UNRESOLVED));
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
     * An entry as the kernel shows it. One that was learned, or could not be, bears nobody's mark
     * and may be replaced; a permanent one is somebody's.
     */
    static Optional<Observed> observed(
            dev.kakehashi.linux.rtnetlink.Neighbour found, String device) {
        if (found.isProxy()) {
            return Optional.of(
                    observed(Neighbour.proxy(device, found.address()), found.protocol(), true));
        }
        if (found.mac().isEmpty() && found.isPermanent()) {
            return Optional.empty(); // of a link with other addresses than Ethernet's
        }
        Neighbour entry =
                Neighbour.permanent(device, found.address(), found.mac().orElse(UNRESOLVED));
        return Optional.of(observed(entry, found.protocol(), found.isPermanent()));
    }

    private static Observed observed(Neighbour entry, int protocol, boolean permanent) {
        if (!permanent) {
            return new Observed(entry, Mark.NONE);
        }
        return new Observed(entry, protocol == Ownership.PROTOCOL ? Mark.OURS : Mark.FOREIGN);
    }
}
