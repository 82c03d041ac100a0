package dev.kakehashi.plugins.single;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.HostInterfaceName;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.state.LinkRef;

import java.io.IOException;
import java.util.Optional;

/**
 * The lower link of a macvlan, ipvlan or VLAN: {@code master} of the configuration, on the host or,
 * with {@code linkInContainer}, in the container.
 *
 * @param ref how a desired state refers to it
 * @param mtu its MTU in bytes
 */
public record Master(LinkRef ref, int mtu) {

    /**
     * What a configuration says of it.
     *
     * @param name empty where the configuration names none
     * @param inContainer (key linkInContainer) whether it is in the container
     */
    public record Choice(Optional<String> name, boolean inContainer) {

        /**
         * Reads the keys {@code master} and {@code linkInContainer}.
         *
         * @throws CniException code 6 or 7
         */
        public static Choice parse(PluginRequest request) throws CniException {
            JsonObject json = request.config();
            String name = json.string("master", "");
            return new Choice(
                    name.isEmpty() ? Optional.empty() : Optional.of(HostInterfaceName.check(name)),
                    json.bool("linkInContainer", false));
        }

        /** Where it is looked for. */
        RtNetlink site(Workplace place) {
            return inContainer ? place.inside() : place.host();
        }

        /**
         * Finds it: the named one, else the interface of the first default route.
         *
         * @throws CniException code 7 when there is none
         */
        public Master find(Workplace place) throws CniException {
            Link link = link(site(place), CniException.INVALID_CONFIG);
            return new Master(
                    inContainer ? LinkRef.container(link.name()) : LinkRef.host(link.name()),
                    link.mtu());
        }

        private Link link(RtNetlink site, int code) throws CniException {
            try {
                if (name.isPresent()) {
                    Optional<Link> named = site.link(name.get());
                    return named.orElseThrow(() -> missing(name.get(), code));
                }
                return ofDefaultRoute(site)
                        .orElseThrow(() ->
                                new CniException(
                                        code,
                                        "no default route interface found",
                                        "name the interface to build on with \"master\""));
            } catch (IOException e) {
                throw Failures.of("failed to lookup master \"" + name.orElse("") + "\"", e);
            }
        }

        private CniException missing(String link, int code) {
            return new CniException(
                    code,
                    "failed to lookup master \"" + link + "\": Link not found",
                    "there is no interface \""
                            + link
                            + (inContainer ? "\" in the container" : "\" on the host"));
        }

        /**
         * CHECK: that a named one is there and is what a link is built on.
         *
         * @throws CniException when it is not
         */
        public void check(Workplace place, Link link) throws CniException {
            if (name.isEmpty()) {
                return; // routes may have changed since
            }
            Link master = link(site(place), CniException.INTERNAL);
            if (!isBuiltOn(link, master)) {
                throw new CniException(
                        CniException.INTERNAL,
                        "the master of \"" + link.name() + "\" is not \"" + master.name() + "\"");
            }
        }

        /** A macvlan of a macvlan is made on the latter's own master, and so for ipvlan. */
        private static boolean isBuiltOn(Link link, Link master) {
            return link.parent() == master.index()
                    || (link.parent() == master.parent()
                            && link.parentNetnsId().equals(master.parentNetnsId())
                            && link.kind()
                                    .map(LinkKind::name)
                                    .equals(master.kind().map(LinkKind::name)));
        }

        /**
         * STATUS: that it is there; in containers that are not made yet nothing can be looked for.
         *
         * @throws CniException code 51 when a named one is not, for what containers had on it went
         *     with it; code 50 when there is none to build on
         */
        public void status(Workplace place) throws CniException {
            if (!inContainer) {
                int code =
                        name.isPresent()
                                ? CniException.LIMITED_CONNECTIVITY
                                : CniException.PLUGIN_NOT_AVAILABLE;
                var _ = link(place.host(), code);
            }
        }
    }

    private static Optional<Link> ofDefaultRoute(RtNetlink netlink) throws IOException {
        for (Route route : netlink.routes(Route.MAIN)) {
            if (route.destination().length() == 0 && route.type() == RouteType.UNICAST) {
                for (NextHop hop : route.nextHops()) {
                    Optional<Link> link = netlink.link(hop.link());
                    if (link.isPresent()) {
                        return link;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The MTU that a configuration asks for.
     *
     * @param mtu bytes; 0 for the master's
     * @throws CniException code 7 when no link on this one can have it
     */
    public int checkMtu(int mtu) throws CniException {
        if (mtu < 0 || mtu > this.mtu) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "invalid MTU " + mtu + ", must be [0, master MTU(" + this.mtu + ")]");
        }
        return mtu;
    }
}
