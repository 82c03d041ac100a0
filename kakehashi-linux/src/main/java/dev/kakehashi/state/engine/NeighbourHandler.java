package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.Ownership;

import java.util.List;

/** Entries of the neighbour table. */
final class NeighbourHandler extends Handler<Neighbour> {
    @Override
    Phase phase(Neighbour neighbour) {
        return Phase.NEIGHBOUR;
    }

    @Override
    List<String> devices(Neighbour neighbour) {
        return List.of(neighbour.device());
    }

    @Override
    boolean same(Neighbour wanted, Neighbour found) {
        return wanted.mac().equals(found.mac());
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
}
