package dev.kakehashi.plugins.veth;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.cleanup.Detachment;
import dev.kakehashi.plugins.cleanup.GarbageCollection;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.plugins.masquerade.Netfilter;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.engine.Healing;

/**
 * A plugin that joins a container to its host by a veth pair.
 *
 * <p>Configuration, kernel objects and texts are the reference plugin's. Beyond the reference: a
 * failed ADD leaves nothing; DEL needs neither the namespace nor the previous result; CHECK looks
 * at the host's side too; GC and STATUS.
 *
 * @param <C> its configuration
 */
public final class VethPlugin<C extends VethConfig> implements Plugin {

    private final VethType<C> type;
    private final PluginHost host;
    private final HostEngines engines;
    private final Netfilter netfilter;

    private VethPlugin(
            VethType<C> type, PluginHost host, HostEngines engines, Netfilter netfilter) {
        this.type = type;
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
    public static <C extends VethConfig> VethPlugin<C> of(
            VethType<C> type, PluginHost host, HostEngines engines, Netfilter netfilter) {
        return new VethPlugin<>(type, host, engines, netfilter);
    }

    @Override
    public String name() {
        return type.name();
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        C config = type.parse(request);
        Ipam ipam = Ipam.of(request);
        try (Wiring wiring = Wiring.open(host, engines);
                Netns container = wiring.container(request.netns())) {
            wiring.requireFree(container, request.ifName());
            VethCall call = call(request, wiring, container);
            return new VethAdd(type.plan(config, call), config, call).run(ipam);
        }
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        Detachment.run(request, host, engines, netfilter);
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        C config = type.parse(request);
        try (Wiring wiring = Wiring.open(host, engines);
                Netns container = wiring.container(request.netns())) {
            Ipam.of(request).check();
            type.check(config, call(request, wiring, container));
        }
    }

    /**
     * Puts right what has been changed or deleted of an attachment since its ADD, as far as
     * possible: what the plugin itself describes, which is links, addresses, routes, neighbours and
     * switches of both sides, and the bridge's own guard against forged addresses. What {@code
     * ipMasq} adds, and other plugins of the chain, is not looked at. No verb of the specification:
     * an agent asks for it.
     *
     * @param request that of the ADD, with its result as the previous one
     * @param hostName the host's end
     * @throws CniException when the request is not one of an ADD, or the namespace cannot be opened
     */
    public Healing restore(PluginRequest request, String hostName) throws CniException {
        C config = type.parse(request);
        CniResult result = request.prevResult().orElse(CniResult.EMPTY);
        Veth veth =
                new Veth(
                        hostName,
                        mac(result, hostName),
                        request.ifName(),
                        mac(result, request.ifName()));
        DesiredState made = type.again(config, Attachment.of(request), veth, result);
        try (Wiring wiring = Wiring.open(host, engines);
                Netns container = wiring.container(request.netns())) {
            return wiring.heal(made, container);
        }
    }

    private static MacAddress mac(CniResult result, String name) throws CniException {
        for (CniInterface entry : result.interfaces()) {
            if (entry.name().equals(name) && !entry.mac().isEmpty()) {
                return MacAddress.parse(entry.mac());
            }
        }
        throw new CniException(
                CniException.INTERNAL, "the result of ADD names no interface \"" + name + "\"");
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        GarbageCollection.run(request, host, engines, netfilter);
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        C config = type.parse(request);
        if (config.masquerade()) {
            masquerade().status(config.masqueradeBackend());
        }
        type.status(config, host.netns(), netfilter);
        Ipam.of(request).status();
    }

    private VethCall call(PluginRequest request, Wiring wiring, Netns container)
            throws CniException {
        return new VethCall(request, Attachment.of(request), wiring, container, masquerade());
    }

    private Masquerade masquerade() {
        return Masquerade.on(host.netns(), netfilter);
    }
}
