package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.cleanup.Detachment;
import dev.kakehashi.plugins.cleanup.GarbageCollection;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.plugins.masquerade.Netfilter;

/**
 * The plugin {@code bridge}: connects a container to a bridge of its host by a veth pair.
 *
 * <p>Configuration, kernel objects and texts are the reference plugin's. Beyond the reference: a
 * failed ADD leaves nothing; DEL needs neither the namespace nor the previous result; CHECK covers
 * ports, VLANs, masquerade and spoof check and works without addresses; GC and STATUS; routes get
 * their MTU and segment size.
 */
public final class BridgePlugin implements Plugin {

    private final PluginHost host;
    private final HostEngines engines;
    private final Netfilter netfilter;

    private BridgePlugin(PluginHost host, HostEngines engines, Netfilter netfilter) {
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
    public static BridgePlugin of(PluginHost host, HostEngines engines, Netfilter netfilter) {
        return new BridgePlugin(host, engines, netfilter);
    }

    @Override
    public String name() {
        return "bridge";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        BridgeConfig config = BridgeConfig.parse(request);
        Ipam ipam = Ipam.of(request);
        try (Wiring wiring = Wiring.open(host, engines);
                Netns container = wiring.container(request.netns())) {
            wiring.requireFree(container, request.ifName());
            return new BridgeAdd(request, config, wiring, container, masquerade()).run(ipam);
        }
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        Detachment.run(request, host, engines, netfilter);
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        BridgeConfig config = BridgeConfig.parse(request);
        try (Wiring wiring = Wiring.open(host, engines);
                Netns container = wiring.container(request.netns())) {
            Ipam.of(request).check();
            new BridgeCheck(request, config, wiring, container, masquerade()).run();
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        GarbageCollection.run(request, host, engines, netfilter);
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        BridgeConfig config = BridgeConfig.parse(request);
        if (config.masquerade()) {
            masquerade().status(config.masqueradeBackend());
        }
        if (config.macSpoofCheck() && !netfilter.hasNftables(host.netns())) {
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE,
                    "macspoofchk is configured but the kernel has no nftables");
        }
        Ipam.of(request).status();
    }

    private Masquerade masquerade() {
        return Masquerade.on(host.netns(), netfilter);
    }
}
