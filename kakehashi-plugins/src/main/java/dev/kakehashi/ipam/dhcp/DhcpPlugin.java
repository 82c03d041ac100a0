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

/**
 * The IPAM plugin {@code dhcp}: an address of the network's own server, kept by this process while
 * the container lives.
 *
 * <p>Beyond the reference: no daemon to be started apart; leases survive the process; DNS servers
 * and domains are in the result; RELEASE comes from the leased address; CHECK asks for nothing new;
 * GC.
 */
public final class DhcpPlugin implements Plugin {

    /** Where leases are on the host. */
    public static final String DIRECTORY = "/run/kakehashi/dhcp";

    private final PluginHost host;
    private final LeaseKeeper keeper;

    private DhcpPlugin(PluginHost host, LeaseKeeper keeper) {
        this.host = host;
        this.keeper = keeper;
    }

    /**
     * The plugin for one caller.
     *
     * @param keeper shared by all calls of this process
     */
    public static DhcpPlugin of(PluginHost host, LeaseKeeper keeper) {
        return new DhcpPlugin(host, keeper);
    }

    @Override
    public String name() {
        return "dhcp";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        DhcpConfig config = DhcpConfig.parse(request);
        Attachment attachment = Attachment.of(request);
        Netns netns;
        try {
            netns = host.openNetns(request.netns());
        } catch (LinuxException e) {
            throw Failures.netns(request.netns(), e);
        }
        Home home = Home.of(netns, Path.of(request.netns()).toAbsolutePath());
        Lease lease = keeper.acquire(attachment, config.sent(), home, files());
        return LeaseResult.of(lease, config.priority());
    }

    private LeaseFiles files() {
        return new LeaseFiles(host.file(DIRECTORY));
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        keeper.release(Attachment.of(request), files());
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        DhcpConfig config = DhcpConfig.parse(request);
        Attachment attachment = Attachment.of(request);
        Optional<Holding> holding = keeper.find(attachment, files());
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
        keeper.collect(request.networkName(), request.validAttachments(), files());
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        DhcpConfig.parse(request);
    }
}
