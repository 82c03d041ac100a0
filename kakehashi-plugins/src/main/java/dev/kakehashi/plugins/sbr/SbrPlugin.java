package dev.kakehashi.plugins.sbr;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Rule;
import dev.kakehashi.linux.rtnetlink.Rules;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Chained;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.chain.NetnsLock;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The chained plugin {@code sbr}, source based routing: what a container sends from an address of
 * one interface leaves by that interface, whatever the default route is.
 *
 * <p>Beyond the reference: a failed ADD leaves nothing; a free table is one that no rule and no
 * route of any table uses; routes to link-local addresses stay where neighbour discovery needs
 * them; DEL without namespace succeeds; CHECK looks at rules and tables.
 */
public final class SbrPlugin implements Plugin {

    private static final String MISSING = "This plugin must be called as chained plugin";

    private final PluginHost host;
    private final HostEngines engines;

    private SbrPlugin(PluginHost host, HostEngines engines) {
        this.host = host;
        this.engines = engines;
    }

    /**
     * The plugin for one caller.
     *
     * @param engines shared by all calls of this process
     */
    public static SbrPlugin of(PluginHost host, HostEngines engines) {
        return new SbrPlugin(host, engines);
    }

    @Override
    public String name() {
        return "sbr";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        SbrConfig config = SbrConfig.parse(request);
        String ifName = Attachment.of(request).ifName();
        CniResult previous = Chained.after(request, MISSING);
        List<CniIp> ips = ips(previous, ifName);
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            NetnsLock.acquire(place.container());
            SbrState state = SbrState.compile(config, ifName, ips, observe(place, ifName));
            Undo.onFailure(undo -> {
                place.make(
                        state.wanted(), "failed to set up the routing of \"" + ifName + "\"", undo);
                retire(place.inside(), state.retired());
                return previous;
            });
        } catch (IOException e) {
            throw Failures.of("failed to set up the routing of \"" + ifName + "\"", e);
        }
        return previous;
    }

    private static List<CniIp> ips(CniResult previous, String ifName) throws CniException {
        List<CniIp> ips = Chained.ips(previous, ifName);
        if (ips.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "No IP addresses supplied on interface: " + ifName);
        }
        return ips;
    }

    private static Observed observe(Workplace place, String ifName)
            throws CniException, IOException {
        Optional<Link> link = place.inside().link(ifName);
        if (link.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    "Cannot find network interface " + ifName + ": Link not found");
        }
        return Observed.of(place.inside(), link.get());
    }

    /** Removes routes, or none of them. What the kernel has taken away with another is no loss. */
    private static void retire(RtNetlink inside, List<Route> routes) throws CniException {
        List<NetlinkRequest> requests = new ArrayList<>(routes.size());
        for (Route route : routes) {
            requests.add(Routes.delete(route));
        }
        try {
            BatchResult result = inside.submit(requests);
            for (BatchResult.Failure failure : result.failures()) {
                if (!failure.toException().is(Errno.ESRCH)) {
                    restore(inside, routes);
                    throw Failures.of("Failed to delete route", failure.toException());
                }
            }
        } catch (IOException e) {
            throw Failures.of("Failed to delete route", e);
        }
    }

    /** Those by a router after those that lead to it; what is still there is refused. */
    private static void restore(RtNetlink inside, List<Route> routes) throws IOException {
        List<NetlinkRequest> requests = new ArrayList<>(routes.size());
        for (boolean direct : new boolean[] {true, false}) {
            for (Route route : routes) {
                if (route.nextHops().getFirst().gateway().isEmpty() == direct) {
                    requests.add(Routes.add(route));
                }
            }
        }
        BatchResult _ = inside.submit(requests);
    }

    /** Removes the rules; the tables' routes go with the interface. */
    @Override
    public void del(PluginRequest request) throws CniException {
        Optional<Workplace> alive = Workplace.ifAlive(host, engines, request.netns());
        if (alive.isEmpty()) {
            return;
        }
        String ifName = request.ifName();
        try (Workplace place = alive.get()) {
            NetnsLock.acquire(place.container());
            Set<IpPrefix> sources = new HashSet<>();
            Optional<Link> link = place.inside().link(ifName);
            if (link.isPresent()) {
                for (Address address : place.inside().addresses(link.get().index())) {
                    sources.add(IpPrefix.host(address.prefix().address()));
                }
            }
            Set<IpPrefix> ours = previousSources(request, ifName);
            List<NetlinkRequest> requests = new ArrayList<>();
            for (Rule rule : place.inside().rules()) {
                if (rule.from().isPresent()
                        && isOfTable(request, rule)
                        && (sources.contains(rule.from().get())
                                || (rule.protocol() == Ownership.PROTOCOL
                                        && ours.contains(rule.from().get())))) {
                    requests.add(Rules.delete(rule));
                }
            }
            for (BatchResult.Failure failure : place.inside().submit(requests).failures()) {
                if (!failure.toException().is(Errno.ENOENT)) {
                    throw Failures.of("Failed to delete rule", failure.toException());
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to remove the rules of \"" + ifName + "\"", e);
        }
    }

    /** The addresses that the interface had, for the case that it is gone. */
    private static Set<IpPrefix> previousSources(PluginRequest request, String ifName) {
        Set<IpPrefix> sources = new HashSet<>();
        try {
            Optional<CniResult> previous = request.prevResult();
            if (previous.isPresent()) {
                for (CniIp ip : Chained.ips(previous.get(), ifName)) {
                    sources.add(IpPrefix.host(ip.address().address()));
                }
            }
        } catch (CniException e) {
            return Set.of(); // ADD's result is unreadable: the interface must do
        }
        return sources;
    }

    private static boolean isOfTable(PluginRequest request, Rule rule) {
        try {
            int table = request.config().integer("table", 0);
            return table <= 0 || rule.table() == table;
        } catch (CniException e) {
            return true; // ADD had failed, too
        }
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        SbrConfig config = SbrConfig.parse(request);
        String ifName = request.ifName();
        List<CniIp> ips = ips(Chained.after(request, MISSING), ifName);
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            new SbrCheck(config, observe(place, ifName)).run(ips);
        } catch (IOException e) {
            throw Failures.of("failed to look at the routing of \"" + ifName + "\"", e);
        }
    }

    @Override
    public void gc(PluginRequest request) {
        // Rules and tables go with the container's namespace.
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        SbrConfig.parse(request);
        KernelFeatures.require("policy-routing");
    }
}
