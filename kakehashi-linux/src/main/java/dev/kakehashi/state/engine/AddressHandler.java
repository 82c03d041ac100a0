package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;

import java.io.IOException;
import java.util.List;

/** Addresses. */
final class AddressHandler extends NetlinkHandler<Address> {
    @Override
    Phase phase(Address address) {
        return Phase.ADDRESS;
    }

    /** An IPv6 address goes when its link is set down: then it is made again behind that. */
    @Override
    Phase renewal(Address address) {
        return Phase.NEIGHBOUR;
    }

    @Override
    boolean same(Address wanted, Address found) {
        return isAsWanted(wanted, found);
    }

    static boolean isAsWanted(Address wanted, Address found) {
        if (!wanted.prefix().equals(found.prefix())) {
            return false;
        }
        if (wanted.relation() == Relation.SHARED) {
            return true; // whoever made it and how
        }
        return wanted.peer().equals(found.peer())
                && wanted.scope() == found.scope()
                && wanted.broadcast() == found.broadcast()
                && wanted.noPrefixRoute() == found.noPrefixRoute()
                && (wanted.prefix().isIpv4() || wanted.noDad() == found.noDad());
    }

    /** What would take with it what stays goes before that is made again. */
    @Override
    void remove(NamespaceId namespace, Address found, Scene scene) {
        if (found.prefix().isIpv4() && scene.fallout().strips(namespace, found.device())) {
            scene.add(Phase.ADDRESS, new Step.Remove(namespace, found));
        } else {
            super.remove(namespace, found, scene);
        }
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
        if (address.equals(before)) {
            return createCommands(namespace, address, true);
        }
        // The kernel changes lifetimes and marks in place, nothing else.
        return List.of(
                removeCommands(namespace, before).getFirst(),
                createCommands(namespace, address, false).getFirst());
    }

    @Override
    NetlinkRequest create(NamespaceId namespace, Address address, boolean replace, Indexes indexes)
            throws IOException {
        var message = message(address, indexes.of(namespace, address.device()));
        return replace ? Addresses.replace(message) : Addresses.add(message);
    }

    @Override
    NetlinkRequest remove(NamespaceId namespace, Address address, Indexes indexes)
            throws IOException {
        return Addresses.delete(message(address, indexes.of(namespace, address.device())));
    }

    @Override
    List<NetlinkRequest> change(
            NamespaceId namespace, Address address, Address before, Indexes indexes)
            throws IOException {
        if (address.equals(before)) {
            return List.of(create(namespace, address, true, indexes));
        }
        return List.of(
                remove(namespace, before, indexes), create(namespace, address, false, indexes));
    }

    private static dev.kakehashi.linux.rtnetlink.Address message(Address address, int link) {
        int flags = address.noDad() ? dev.kakehashi.linux.rtnetlink.Address.IFA_F_NODAD : 0;
        if (address.noPrefixRoute()) {
            flags |= dev.kakehashi.linux.rtnetlink.Address.IFA_F_NOPREFIXROUTE;
        }
        var message =
                dev.kakehashi.linux.rtnetlink.Address.of(link, address.prefix())
                        .withScope(address.scope())
                        .withFlags(flags)
                        .withProtocol(Ownership.PROTOCOL);
        if (address.peer().isPresent()) {
            message = message.withPeer(address.peer().get());
        }
        return address.broadcast() ? message.withNetworkBroadcast() : message;
    }

    /** An address as the kernel shows it, in the terms of the desired state. */
    static Observed observed(dev.kakehashi.linux.rtnetlink.Address found, String device) {
        int flags = found.flags();
        Address address =
                new Address(
                        device,
                        Relation.OWNED,
                        found.prefix(),
                        found.peer(),
                        found.scope(),
                        found.broadcast().isPresent(),
                        (flags & dev.kakehashi.linux.rtnetlink.Address.IFA_F_NODAD) != 0,
                        (flags & dev.kakehashi.linux.rtnetlink.Address.IFA_F_NOPREFIXROUTE) != 0);
        Mark mark =
                found.protocol() == Ownership.PROTOCOL
                        ? Mark.OURS
                        : found.protocol() != 0 || AddressMarks.areKept()
                                ? Mark.FOREIGN
                                : Mark.NONE;
        return new Observed(address, mark);
    }
}
