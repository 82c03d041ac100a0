package dev.kakehashi.plugins.vrf;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Vrf;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Workplace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** An interface of a container that goes into a VRF, with its addresses and routes, and out. */
final class Membership {

    /** Milliseconds between looks for the addresses: some 2.5 seconds in all. */
    private static final int[] PAUSES = {1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 0};

    private final Workplace place;
    private final RtNetlink inside;
    private final Link link;
    private final String vrf;

    Membership(Workplace place, Link link, String vrf) {
        this.place = place;
        this.inside = place.inside();
        this.link = link;
        this.vrf = vrf;
    }

    /** Moves the interface in; all is as before when that fails. */
    void enter(int table) throws CniException, IOException {
        List<Address> addresses = VrfState.globalIpv6(inside.addresses(link.index()));
        List<Route> routes = VrfState.toMove(inside.routes(Route.MAIN), link.index());
        boolean isNew = inside.link(vrf).isEmpty();
        Undo.onFailure(undo -> {
            undo.add(failure -> leave(addresses, routes, isNew, failure));
            place.make(
                    VrfState.membership(vrf, table, link.name()),
                    "could not set vrf " + vrf + " as master of " + link.name());
            restore(addresses);
            awaitLocalRoutes(addresses, table);
            return place.make(
                    VrfState.routes(routes, link.index(), link.name(), table),
                    "could not add the routes of " + link.name() + " to table " + table);
        });
    }

    private void restore(List<Address> addresses) throws CniException {
        try {
            Set<Object> there = new HashSet<>();
            for (Address address : inside.addresses(link.index())) {
                there.add(address.prefix());
            }
            List<NetlinkRequest> requests = new ArrayList<>();
            for (Address address : addresses) {
                if (!there.contains(address.prefix())) {
                    // It was found to be unique before.
                    int flags = address.flags() & Address.IFA_F_NOPREFIXROUTE;
                    requests.add(Addresses.add(address.withFlags(flags | Address.IFA_F_NODAD)));
                }
            }
            inside.execute(requests);
        } catch (IOException e) {
            throw Failures.of("could not restore the addresses of " + link.name(), e);
        }
    }

    /** A route by a router is refused until the kernel has the address that leads to it. */
    private void awaitLocalRoutes(List<Address> addresses, int table) throws CniException {
        if (addresses.isEmpty() || !link.isUp()) {
            return;
        }
        try {
            Set<Object> missing = new HashSet<>();
            for (int pause : PAUSES) {
                missing.clear();
                for (Address address : addresses) {
                    missing.add(address.prefix().address());
                }
                for (Route route : inside.routes(table)) {
                    missing.remove(route.destination().address());
                }
                if (missing.isEmpty()) {
                    return;
                }
                Thread.sleep(pause);
            }
            throw new CniException(
                    CniException.INTERNAL,
                    "failed getting local/host addresses for "
                            + link.name()
                            + " in table "
                            + table
                            + " with dst "
                            + missing);
        } catch (IOException e) {
            throw Failures.of("failed getting routes for " + link.name() + " table " + table, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniException(CniException.TRY_AGAIN_LATER, "interrupted", e);
        }
    }

    private void leave(
            List<Address> addresses, List<Route> routes, boolean isNew, CniException failure) {
        try {
            inside.execute(Links.change(link.index(), LinkSpec.builder().master(0).build()));
            restore(addresses);
            List<NetlinkRequest> requests = new ArrayList<>();
            routes.forEach(route -> requests.add(Routes.replace(route)));
            BatchResult _ = inside.submit(requests);
            if (isNew) {
                removeIfEmpty(inside, vrf);
            }
        } catch (IOException | CniException e) {
            failure.addSuppressed(e);
        }
    }

    /** Deletes a VRF that no interface is in any more. */
    static void removeIfEmpty(RtNetlink inside, String vrf) throws IOException {
        int index = 0;
        Set<Integer> masters = new HashSet<>();
        for (Link link : inside.links()) {
            masters.add(link.master());
            if (link.name().equals(vrf) && link.kind().filter(Vrf.class::isInstance).isPresent()) {
                index = link.index();
            }
        }
        if (index != 0 && !masters.contains(index)) {
            inside.execute(Links.delete(index));
        }
    }
}
