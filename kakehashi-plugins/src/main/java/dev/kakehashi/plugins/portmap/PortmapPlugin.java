package dev.kakehashi.plugins.portmap;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Chained;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.masquerade.Netfilter;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The plugin {@code portmap}: publishes ports of a container on its host.
 *
 * <p>Keys, rules of iptables and texts are the reference plugin's. Beyond the reference: in
 * nftables ports are elements of maps; attachments of one container are kept apart; a failed ADD
 * leaves nothing; DEL forgets UDP connections; conditions are each network's own; GC and STATUS.
 */
public final class PortmapPlugin implements Plugin {

    private static final String UNCHAINED = "must be called as chained plugin";

    private final PluginHost host;
    private final HostEngines engines;
    private final Netfilter netfilter;

    private PortmapPlugin(PluginHost host, HostEngines engines, Netfilter netfilter) {
        this.host = host;
        this.engines = engines;
        this.netfilter = netfilter;
    }

    /**
     * The plugin for one caller.
     *
     * @param engines shared by all calls of this process
     * @param netfilter shared by all calls of this process
     */
    public static PortmapPlugin of(PluginHost host, HostEngines engines, Netfilter netfilter) {
        return new PortmapPlugin(host, engines, netfilter);
    }

    @Override
    public String name() {
        return "portmap";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        PortmapConfig config = PortmapConfig.parse(request);
        CniResult result = Chained.after(request, UNCHAINED);
        if (config.mappings().isEmpty()) {
            return result;
        }
        try (Workplace workplace = Workplace.onHost(host, engines)) {
            List<Published> all = published(request, config, result, workplace);
            if (!all.isEmpty()) {
                Undo.<CniResult>onFailure(undo -> {
                    publish(all, workplace, undo);
                    return result;
                });
                UdpConnections.forget(
                        host.netns(), UdpConnections.ports(config.mappings()), request.log());
            }
        }
        return result;
    }

    private void publish(List<Published> all, Workplace workplace, Undo undo) throws CniException {
        HostPorts ports = new HostPorts(host.netns(), workplace);
        PortmapConfig config = all.getFirst().config();
        DesiredState routes = localhostRoutes(all);
        if (backend(config) == Backend.NFTABLES) {
            ports.publishInNftables(routes, all, undo);
            return;
        }
        for (Published one : all) {
            ports.publishInIptables(one, undo);
        }
        workplace.make(routes, "failed to let localhost reach containers", undo);
    }

    private static DesiredState localhostRoutes(List<Published> all) {
        DesiredState.Builder state = DesiredState.builder();
        for (Published one : all) {
            if (one.isIpv4() && one.config().snat()) {
                one.link().ifPresent(link -> state.host(routeLocalnet(link)));
            }
        }
        return state.build();
    }

    /**
     * Packets with a loopback address may go to the container's link: they are translated before
     * they leave. Others may have come to need it: it is never turned back.
     */
    private static Sysctl routeLocalnet(String link) {
        return new Sysctl(
                "net/ipv4/conf/" + Sysctl.DEVICE + "/route_localnet",
                Relation.SHARED,
                Optional.of(link),
                "1",
                true);
    }

    private static List<Published> published(
            PluginRequest request, PortmapConfig config, CniResult result, Workplace workplace)
            throws CniException {
        Attachment attachment = Attachment.of(request);
        List<Published> all = new ArrayList<>(2);
        for (boolean v4 : new boolean[] {true, false}) {
            Optional<IpPrefix> address = Published.address(result, request.ifName(), v4);
            if (address.isPresent()) {
                Optional<String> link = link(workplace, address.get().address());
                all.add(new Published(attachment, address.get(), config, link));
            }
        }
        return all;
    }

    /** The link that leads to an address; none when only a route to elsewhere does. */
    private static Optional<String> link(Workplace workplace, InetAddress address)
            throws CniException {
        try {
            Route route = workplace.host().lookup(address);
            if (route.nextHops().isEmpty()) {
                return Optional.empty();
            }
            return workplace.host().link(route.nextHops().getFirst().link()).map(Link::name);
        } catch (LinuxException e) {
            return Optional.empty(); // no way there: ports are published for when there is one
        } catch (IOException e) {
            throw Failures.of("failed to look for the way to the container", e);
        }
    }

    private Backend backend(PortmapConfig config) {
        if (config.backend().isPresent()) {
            return config.backend().get();
        }
        return netfilter.hasIptables(host.netns()) || !netfilter.hasNftables(host.netns())
                ? Backend.IPTABLES
                : Backend.NFTABLES;
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        try (Workplace workplace = Workplace.onHost(host, engines)) {
            var udp =
                    new HostPorts(host.netns(), workplace)
                            .unpublish(
                                    Attachment.of(request),
                                    addresses(request),
                                    expected(request, workplace));
            UdpConnections.forget(host.netns(), List.copyOf(udp), request.log());
        }
    }

    /** What ADD published, if the call still says it. */
    private static List<Published> expected(PluginRequest request, Workplace workplace) {
        try {
            PortmapConfig config = PortmapConfig.parse(request);
            Optional<CniResult> result = request.prevResult();
            return result.isEmpty() || config.mappings().isEmpty()
                    ? List.of()
                    : published(request, config, result.get(), workplace);
        } catch (CniException e) {
            return List.of(); // DEL does without
        }
    }

    /** The container's addresses as far as they are known. */
    private static List<InetAddress> addresses(PluginRequest request) {
        List<InetAddress> addresses = new ArrayList<>(2);
        try {
            for (CniIp ip : request.prevResult().map(CniResult::ips).orElse(List.of())) {
                addresses.add(ip.address().address());
            }
        } catch (CniException e) {
            return List.of(); // DEL does without
        }
        return addresses;
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        PortmapConfig config = PortmapConfig.parse(request);
        CniResult result = request.requirePrevResult();
        if (config.mappings().isEmpty()) {
            return;
        }
        try (Workplace workplace = Workplace.onHost(host, engines)) {
            List<Published> all = published(request, config, result, workplace);
            if (all.isEmpty()) {
                return;
            }
            PublishedCheck check = new PublishedCheck(host.netns(), workplace);
            if (backend(config) == Backend.NFTABLES) {
                check.nftables(all);
            } else {
                for (Published one : all) {
                    check.iptables(one);
                }
            }
            workplace.verify(
                    localhostRoutes(all), "localhost does not reach the published ports any more");
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        try (Workplace workplace = Workplace.onHost(host, engines)) {
            new HostPorts(host.netns(), workplace)
                    .collect(request.networkName(), request.validAttachments());
        }
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        PortmapConfig config = PortmapConfig.parse(request);
        boolean works =
                switch (backend(config)) {
                    case IPTABLES -> netfilter.hasIptables(host.netns());
                    case NFTABLES -> netfilter.hasNftables(host.netns());
                };
        if (!works) {
            String wanted =
                    config.backend()
                            .map(backend ->
                                    backend == Backend.IPTABLES
                                            ? "iptables does not work here"
                                            : "the kernel has no nftables")
                            .orElse("neither iptables nor nftables works here");
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE, "ports cannot be published: " + wanted);
        }
        if (backend(config) == Backend.NFTABLES) {
            KernelFeatures.require("nft-nat", "nft-fib");
            if (config.isConditional() && !PortConditions.areReadable(host.netns())) {
                throw new CniException(
                        CniException.PLUGIN_NOT_AVAILABLE,
                        "ports cannot be published: nft is not installed",
                        PortConditions.REMEDY);
            }
        }
    }
}
