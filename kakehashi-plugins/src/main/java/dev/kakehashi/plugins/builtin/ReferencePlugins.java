package dev.kakehashi.plugins.builtin;

import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.ipam.HostLocal;
import dev.kakehashi.ipam.ReservationDirectories;
import dev.kakehashi.ipam.Static;
import dev.kakehashi.ipam.dhcp.DhcpPlugin;
import dev.kakehashi.ipam.dhcp.LeaseKeeper;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.bandwidth.BandwidthPlugin;
import dev.kakehashi.plugins.bridge.BridgeType;
import dev.kakehashi.plugins.dummy.DummyType;
import dev.kakehashi.plugins.firewall.FirewallPlugin;
import dev.kakehashi.plugins.flannel.FlannelPlugin;
import dev.kakehashi.plugins.hostdevice.HostDeviceType;
import dev.kakehashi.plugins.ipvlan.IpvlanType;
import dev.kakehashi.plugins.loopback.Loopback;
import dev.kakehashi.plugins.macvlan.MacvlanType;
import dev.kakehashi.plugins.masquerade.Netfilter;
import dev.kakehashi.plugins.portmap.PortmapPlugin;
import dev.kakehashi.plugins.ptp.PtpType;
import dev.kakehashi.plugins.sbr.SbrPlugin;
import dev.kakehashi.plugins.single.InterfacePlugin;
import dev.kakehashi.plugins.single.InterfaceType;
import dev.kakehashi.plugins.tap.TapType;
import dev.kakehashi.plugins.tuning.TuningPlugin;
import dev.kakehashi.plugins.veth.VethConfig;
import dev.kakehashi.plugins.veth.VethPlugin;
import dev.kakehashi.plugins.veth.VethType;
import dev.kakehashi.plugins.vlan.VlanType;
import dev.kakehashi.plugins.vrf.VrfPlugin;
import dev.kakehashi.state.engine.Applied;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The plugins that take the place of the reference ones, with what their calls share: engines, open
 * sockets, what is remembered of address files. One for a process.
 */
public final class ReferencePlugins implements AutoCloseable {

    private final HostEngines engines;
    private final Path leaseDirectory;
    private final Map<String, Function<PluginHost, Plugin>> factories;

    /** Once the first call of dhcp comes: a process for one call of another has no use for it. */
    private @Nullable LeaseKeeper leases;

    private ReferencePlugins(HostEngines engines, Path leaseDirectory) {
        this.engines = engines;
        this.leaseDirectory = leaseDirectory;
        String leased = leaseDirectory.toString();
        Netfilter netfilter = Netfilter.create();
        ReservationDirectories own = ReservationDirectories.create();
        this.factories =
                Map.ofEntries(
                        entry("bridge", veth(BridgeType.INSTANCE, netfilter)),
                        entry("ptp", veth(PtpType.INSTANCE, netfilter)),
                        entry("dummy", oneInterface(host -> DummyType.INSTANCE)),
                        entry("host-device", oneInterface(HostDeviceType::of)),
                        entry("ipvlan", oneInterface(host -> IpvlanType.INSTANCE)),
                        entry("macvlan", oneInterface(host -> MacvlanType.INSTANCE)),
                        entry("tap", oneInterface(host -> TapType.INSTANCE)),
                        entry("vlan", oneInterface(host -> VlanType.INSTANCE)),
                        entry("loopback", Loopback::of),
                        entry("bandwidth", host -> BandwidthPlugin.of(host, engines)),
                        entry("portmap", host -> PortmapPlugin.of(host, engines, netfilter)),
                        entry("firewall", host -> FirewallPlugin.of(host, engines, netfilter)),
                        entry("flannel", FlannelPlugin::of),
                        entry("sbr", host -> SbrPlugin.of(host, engines)),
                        entry("tuning", host -> TuningPlugin.of(host, engines)),
                        entry("vrf", host -> VrfPlugin.of(host, engines)),
                        entry("host-local", host -> HostLocal.of(host, directories(host, own))),
                        entry("dhcp", host -> DhcpPlugin.of(host, leases(), leased)),
                        entry("static", host -> Static.create()));
    }

    private static Map.Entry<String, Function<PluginHost, Plugin>> entry(
            String type, Function<PluginHost, Plugin> factory) {
        return Map.entry(type, factory);
    }

    private <C extends VethConfig> Function<PluginHost, Plugin> veth(
            VethType<C> type, Netfilter netfilter) {
        return host -> VethPlugin.of(type, host, engines, netfilter);
    }

    private Function<PluginHost, Plugin> oneInterface(Function<PluginHost, InterfaceType> type) {
        return host -> InterfacePlugin.of(type.apply(host), host, engines);
    }

    /**
     * What is remembered of a directory is found again by its path. In another mount namespace that
     * begins with the number of a descriptor, which the next call may use for another one.
     */
    private static ReservationDirectories directories(PluginHost host, ReservationDirectories own) {
        return host.file("/").toString().equals("/") ? own : ReservationDirectories.create();
    }

    /**
     * The plugins of the machine's agent.
     *
     * @param home the network namespace that most calls come from; stays the caller's, who closes
     *     it after these
     * @throws IOException when that namespace cannot be looked at
     */
    public static ReferencePlugins open(Netns home) throws IOException {
        return open(home, Path.of(DhcpPlugin.DIRECTORY));
    }

    /**
     * The plugins of a process.
     *
     * @param home the network namespace that most calls come from; stays the caller's, who closes
     *     it after these
     * @param leaseDirectory where DHCP leases are that this process keeps, and the next one after
     *     it; no two processes at once can keep the same
     * @throws IOException when that namespace cannot be looked at
     */
    public static ReferencePlugins open(Netns home, Path leaseDirectory) throws IOException {
        return new ReferencePlugins(HostEngines.of(home), leaseDirectory);
    }

    /**
     * The plugins of the machine's agent, with somebody who is told what calls from that namespace
     * do with engines.
     *
     * @throws IOException when that namespace cannot be looked at
     */
    public static ReferencePlugins open(Netns home, Consumer<Applied> onlooker) throws IOException {
        return new ReferencePlugins(HostEngines.of(home, onlooker), Path.of(DhcpPlugin.DIRECTORY));
    }

    /** By type: what makes a plugin for one call. Making one costs nothing. */
    public Map<String, Function<PluginHost, Plugin>> factories() {
        return factories;
    }

    /**
     * Goes on keeping the DHCP leases that an earlier process has left, for one that stays.
     *
     * @throws IOException when they cannot be read
     */
    public void keepLeases() throws IOException {
        if (Files.isDirectory(leaseDirectory)) { // else nobody uses DHCP here
            leases().resume(leaseDirectory);
        }
    }

    /** Whether DHCP leases would run out without this process. */
    public synchronized boolean keepsLeases() {
        return leases != null && leases.isBusy();
    }

    private synchronized LeaseKeeper leases() {
        if (leases == null) {
            leases = LeaseKeeper.create();
        }
        return leases;
    }

    /** Ends what goes on behind the calls: the deletion of links, after it is done. */
    @Override
    public void close() {
        synchronized (this) {
            if (leases != null) {
                leases.close();
            }
        }
        engines.close();
    }
}
