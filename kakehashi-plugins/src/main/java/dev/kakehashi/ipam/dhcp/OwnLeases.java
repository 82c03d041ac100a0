package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.ipam.dhcp6.Client6;
import dev.kakehashi.ipam.dhcp6.Ipv6Link;
import dev.kakehashi.ipam.dhcp6.Lease6;
import dev.kakehashi.ipam.dhcp6.RouterAdvertisement;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The plugin where this process keeps the leases. */
record OwnLeases(PluginHost host, LeaseKeeper keeper, LeaseFiles files) implements Plugin {

    /** A network with DHCPv6 and no router is one without a way out: rare, and not waited for. */
    private static final Duration ROUTER_BESIDE_SERVER = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "dhcp";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        DhcpConfig config = DhcpConfig.parse(request);
        Attachment attachment = Attachment.of(request);
        try {
            CniResult v4 =
                    config.ipv4()
                            ? LeaseResult.of(lease4(request, attachment, config), config.priority())
                            : CniResult.EMPTY;
            return switch (config.ipv6()) {
                case OFF -> v4;
                case SLAAC -> slaac(request, attachment.ifName()).addTo(v4);
                case DHCPV6 -> Ipv6Result.of(lease6(request, attachment)).addTo(v4);
            };
        } catch (CniException | RuntimeException e) {
            try {
                release(attachment);
            } catch (CniException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private Netns open(PluginRequest request) throws CniException {
        try {
            return host.openNetns(request.netns());
        } catch (LinuxException e) {
            throw Failures.netns(request.netns(), e);
        }
    }

    private static Path path(PluginRequest request) {
        return Path.of(request.netns()).toAbsolutePath();
    }

    /** Gets or finds the lease of a family. */
    private Holding acquire(PluginRequest request, Holding.Key key, Finder finder)
            throws CniException {
        Home.Place place;
        Home home;
        Netns netns = open(request);
        try {
            place = Home.Place.of(netns, path(request));
            home = Home.of(netns, path(request));
        } catch (LinuxException e) {
            netns.close();
            throw Failures.netns(request.netns(), e);
        }
        return keeper.acquire(
                key,
                home,
                files,
                (open, link) ->
                        finder.find(
                                place,
                                open,
                                link,
                                link.mac()
                                        .orElseThrow(() ->
                                                new CniException(
                                                        CniException.INVALID_CONFIG,
                                                        "\""
                                                                + link.name()
                                                                + "\" has no hardware address to"
                                                                + " ask for"))));
    }

    @FunctionalInterface
    private interface Finder {
        Holding find(Home.Place place, Netns netns, Link link, MacAddress mac)
                throws CniException, IOException;
    }

    private Lease lease4(PluginRequest request, Attachment attachment, DhcpConfig config)
            throws CniException {
        Holding holding =
                acquire(
                        request,
                        new Holding.Key(attachment, false),
                        (place, netns, link, mac) -> {
                            Lease lease =
                                    keeper.servers()
                                            .lease(
                                                    netns,
                                                    link.index(),
                                                    attachment.ifName(),
                                                    mac,
                                                    config.sent());
                            var _ = lease.prefixLength(); // useless without
                            return new Holding4(attachment, place, config.sent(), lease);
                        });
        return ((Holding4) holding).lease();
    }

    private Holding6 lease6(PluginRequest request, Attachment attachment) throws CniException {
        Holding holding =
                acquire(
                        request,
                        new Holding.Key(attachment, true),
                        (place, netns, link, mac) -> {
                            Ipv6Link ipv6 = ipv6(netns, link);
                            ipv6.listenToRouters(false);
                            Lease6 lease =
                                    keeper.servers()
                                            .lease(
                                                    ipv6,
                                                    Client6.of(
                                                            attachment.containerId(),
                                                            attachment.network(),
                                                            attachment.ifName()));
                            Optional<InetAddress> router =
                                    ipv6.advertisement(
                                                    RouterAdvertisement::isDefaultRouter,
                                                    ROUTER_BESIDE_SERVER)
                                            .map(RouterAdvertisement::router);
                            return new Holding6(attachment, place, mac, router, lease);
                        });
        return (Holding6) holding;
    }

    private Ipv6Link ipv6(Netns netns, Link link) {
        return new Ipv6Link(netns, link.name(), link.index(), keeper.clock());
    }

    /** Waits for a router's prefix and for the address that the kernel makes in it. */
    private Ipv6Result slaac(PluginRequest request, String ifName) throws CniException {
        try (Netns netns = open(request)) {
            Ipv6Link link = ipv6(netns, LeasedLink.up(netns, ifName));
            link.listenToRouters(true);
            Duration patience = keeper.servers().routerPatience();
            Optional<RouterAdvertisement> heard =
                    link.advertisement(
                            advertisement -> !advertisement.prefixes().isEmpty(), patience);
            if (heard.isEmpty()) {
                throw new CniException(
                        CniException.TRY_AGAIN_LATER,
                        "no router advertises a prefix for \"" + ifName + "\"",
                        "\"ipv6\": \"slaac\" needs a router that sends advertisements with a prefix"
                                + " of 64 bits for autonomous addresses; waited "
                                + patience.toSeconds()
                                + " s");
            }
            RouterAdvertisement router = heard.get();
            List<IpPrefix> addresses = link.autonomousAddresses(router.prefixes());
            if (addresses.isEmpty()) {
                throw new CniException(
                        CniException.TRY_AGAIN_LATER,
                        "the kernel has made no address for \""
                                + ifName
                                + "\" in "
                                + router.prefixes());
            }
            return new Ipv6Result(
                    addresses,
                    router.isDefaultRouter() ? Optional.of(router.router()) : Optional.empty(),
                    router.nameServers(),
                    router.searchList());
        } catch (IOException e) {
            throw Failures.of("failed to listen to routers by \"" + ifName + "\"", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniException(CniException.TRY_AGAIN_LATER, "interrupted", "");
        }
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        release(Attachment.of(request));
    }

    private void release(Attachment attachment) throws CniException {
        keeper.release(new Holding.Key(attachment, true), files);
        keeper.release(new Holding.Key(attachment, false), files);
    }

    /** Whether it keeps a lease of an attachment, in either family. */
    boolean has(PluginRequest request) throws CniException {
        Attachment attachment = Attachment.of(request);
        return keeper.find(new Holding.Key(attachment, false), files).isPresent()
                || keeper.find(new Holding.Key(attachment, true), files).isPresent();
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        DhcpConfig config = DhcpConfig.parse(request);
        Attachment attachment = Attachment.of(request);
        if (config.ipv4()) {
            Holding v4 = check(request, new Holding.Key(attachment, false));
            var _ = LeaseResult.of(((Holding4) v4).lease(), config.priority());
        }
        switch (config.ipv6()) {
            case OFF -> {}
            case DHCPV6 -> {
                var _ = check(request, new Holding.Key(attachment, true));
            }
            case SLAAC -> checkAutonomous(request);
        }
    }

    /** Nobody keeps such an address but the kernel, as long as routers advertise its prefix. */
    private void checkAutonomous(PluginRequest request) throws CniException {
        Set<InetAddress> answered = new LinkedHashSet<>();
        Optional<CniResult> previous = request.prevResult();
        for (CniIp ip : previous.map(CniResult::ips).orElse(List.of())) {
            if (!ip.address().isIpv4()) {
                answered.add(ip.address().address());
            }
        }
        String ifName = request.ifName();
        try (Netns netns = open(request);
                RtNetlink netlink = RtNetlink.open(netns)) {
            Optional<Link> link = netlink.link(ifName);
            if (link.isPresent()) {
                for (Address address : netlink.addresses(link.get().index())) {
                    answered.remove(address.prefix().address());
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to look for the addresses of \"" + ifName + "\"", e);
        }
        if (!answered.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    "dhcp: \""
                            + ifName
                            + "\" has lost the address "
                            + IpAddresses.format(answered.iterator().next()),
                    "the router no longer advertises its prefix, or somebody has removed it");
        }
    }

    private Holding check(PluginRequest request, Holding.Key key) throws CniException {
        Optional<Holding> holding = keeper.find(key, files);
        String ifName = key.attachment().ifName();
        if (holding.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    "dhcp: \"" + ifName + "\" has no " + (key.ipv6() ? "IPv6 " : "") + "lease");
        }
        String address = IpAddresses.format(holding.get().address());
        if (keeper.phase(holding.get().lease()) == Renewal.Phase.EXPIRED) {
            throw new CniException(
                    CniException.INTERNAL,
                    "dhcp: the lease of " + address + " for \"" + ifName + "\" has expired");
        }
        Optional<CniResult> previous = request.prevResult();
        if (previous.isPresent()
                && previous.get().ips().stream()
                        .noneMatch(ip -> ip.address().address().equals(holding.get().address()))) {
            throw new CniException(
                    CniException.INTERNAL,
                    "dhcp: the lease is of " + address + ", which prevResult does not have");
        }
        return holding.get();
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        keeper.collect(request.networkName(), request.validAttachments(), files);
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        DhcpConfig.parse(request);
    }
}
