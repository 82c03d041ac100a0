package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;

import java.nio.file.Path;
import java.util.Optional;

/** The plugin where this process keeps the leases. */
record OwnLeases(PluginHost host, LeaseKeeper keeper, LeaseFiles files) implements Plugin {

    @Override
    public String name() {
        return "dhcp";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        DhcpConfig config = DhcpConfig.parse(request);
        Attachment attachment = Attachment.of(request);
        Home.Place place;
        Home home;
        try {
            Netns netns = host.openNetns(request.netns());
            Path path = Path.of(request.netns()).toAbsolutePath();
            place = Home.Place.of(netns, path);
            home = Home.of(netns, path);
        } catch (LinuxException e) {
            throw Failures.netns(request.netns(), e);
        }
        Lease lease = keeper.acquire(attachment, config.sent(), place, home, files);
        return LeaseResult.of(lease, config.priority());
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        keeper.release(Attachment.of(request), files);
    }

    boolean has(PluginRequest request) throws CniException {
        return keeper.find(Attachment.of(request), files).isPresent();
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        DhcpConfig config = DhcpConfig.parse(request);
        Attachment attachment = Attachment.of(request);
        Optional<Holding> holding = keeper.find(attachment, files);
        if (holding.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL, "dhcp: \"" + attachment.ifName() + "\" has no lease");
        }
        Lease lease = holding.get().lease();
        if (keeper.phase(lease) == Renewal.Phase.EXPIRED) {
            throw new CniException(
                    CniException.INTERNAL,
                    "dhcp: the lease of "
                            + IpAddresses.format(lease.address())
                            + " for \""
                            + attachment.ifName()
                            + "\" has expired");
        }
        var _ = LeaseResult.of(lease, config.priority());
        Optional<CniResult> previous = request.prevResult();
        if (previous.isPresent()
                && previous.get().ips().stream()
                        .noneMatch(ip -> ip.address().address().equals(lease.address()))) {
            throw new CniException(
                    CniException.INTERNAL,
                    "dhcp: the lease is of "
                            + IpAddresses.format(lease.address())
                            + ", which prevResult does not have");
        }
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
