package dev.kakehashi.state.engine;

import dev.kakehashi.state.Address;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Scope;

import java.util.List;

/** Addresses. */
final class AddressHandler extends Handler<Address> {
    @Override
    Phase phase(Address address) {
        return Phase.ADDRESS;
    }

    @Override
    List<String> devices(Address address) {
        return List.of(address.device());
    }

    @Override
    boolean same(Address wanted, Address found) {
        if (wanted.relation() == Relation.SHARED) {
            return true; // whoever made it: the key says that it is this address
        }
        return wanted.peer().equals(found.peer())
                && wanted.scope() == found.scope()
                && wanted.broadcast() == found.broadcast()
                && wanted.noPrefixRoute() == found.noPrefixRoute()
                && (wanted.prefix().isIpv4() || wanted.noDad() == found.noDad());
    }

    @Override
    List<String> createCommands(NamespaceId namespace, Address address, boolean replace) {
        StringBuilder text = new StringBuilder(Commands.ip(namespace));
        text.append(replace ? " address replace " : " address add ");
        address.peer()
                .ifPresentOrElse(
                        peer ->
                                text.append(Commands.text(address.prefix().address()))
                                        .append(" peer ")
                                        .append(Commands.text(peer))
                                        .append('/')
                                        .append(address.prefix().length()),
                        () -> text.append(address.prefix()));
        text.append(address.broadcast() ? " brd +" : "");
        text.append(" dev ").append(address.device());
        if (address.scope() != Scope.GLOBAL) {
            text.append(" scope ").append(RouteText.scope(address.scope()));
        }
        text.append(address.noDad() ? " nodad" : "");
        text.append(address.noPrefixRoute() ? " noprefixroute" : "");
        return List.of(text.append(" proto ").append(Ownership.PROTOCOL).toString());
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, Address address) {
        return List.of(
                Commands.ip(namespace)
                        + " address delete "
                        + address.prefix()
                        + " dev "
                        + address.device());
    }

    @Override
    List<String> changeCommands(NamespaceId namespace, Address address, Address before) {
        // The kernel changes lifetimes and marks in place, nothing else.
        return List.of(
                removeCommands(namespace, before).getFirst(),
                createCommands(namespace, address, false).getFirst());
    }
}
