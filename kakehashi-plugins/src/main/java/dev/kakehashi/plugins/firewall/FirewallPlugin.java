package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.dbus.SystemBus;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Chained;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.cleanup.Parts;
import dev.kakehashi.plugins.masquerade.Netfilter;

import java.net.InetAddress;
import java.util.List;

/**
 * The plugin {@code firewall}: lets a host's firewall forward what comes from a container and what
 * answers it.
 *
 * <p>Keys, rules of iptables and texts are the reference plugin's. Beyond the reference: nftables;
 * ip6tables is needed for IPv6 only; DEL needs no previous result; what keeps bridges apart goes
 * with the last container of its network, and CHECK looks for it; GC and STATUS.
 */
public final class FirewallPlugin implements Plugin {

    private static final String UNCHAINED = "missing prevResult from earlier plugin";
    private static final String BUS_ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS";
    private static final String UNIX = "unix:path=";

    private final PluginHost host;
    private final HostEngines engines;
    private final Netfilter netfilter;

    private FirewallPlugin(PluginHost host, HostEngines engines, Netfilter netfilter) {
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
    public static FirewallPlugin of(PluginHost host, HostEngines engines, Netfilter netfilter) {
        return new FirewallPlugin(host, engines, netfilter);
    }

    @Override
    public String name() {
        return "firewall";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        FirewallConfig config = FirewallConfig.parse(request);
        CniResult result = Chained.after(request, UNCHAINED);
        Admission admission = Admission.of(Attachment.of(request), config, result);
        try (Workplace workplace = Workplace.onHost(host, engines)) {
            HostFirewall firewall = firewall(workplace);
            return Undo.<CniResult>onFailure(undo -> {
                switch (backend(config, request)) {
                    case IPTABLES -> firewall.iptables().admit(admission, undo);
                    case NFTABLES -> firewall.nftables().admit(admission, undo);
                    case FIREWALLD -> {
                        firewall.nftables().keepApart(admission, undo);
                        firewalld(request).admit(admission.addresses(), config.zone(), undo);
                    }
                }
                return result;
            });
        }
    }

    private HostFirewall firewall(Workplace workplace) {
        return new HostFirewall(host.netns(), workplace, netfilter);
    }

    private FirewallBackend backend(FirewallConfig config, PluginRequest request) {
        if (config.backend().isPresent()) {
            return config.backend().get();
        }
        if (firewalld(request).isRunning()) {
            return FirewallBackend.FIREWALLD;
        }
        return netfilter.hasIptables(host.netns()) || !netfilter.hasNftables(host.netns())
                ? FirewallBackend.IPTABLES
                : FirewallBackend.NFTABLES;
    }

    /** The caller's, where its environment says or where it usually is. */
    private Firewalld firewalld(PluginRequest request) {
        String address = request.variable(BUS_ADDRESS);
        int end = address.indexOf(',');
        String socket =
                address.startsWith(UNIX)
                        ? address.substring(UNIX.length(), end < 0 ? address.length() : end)
                        : SystemBus.SOCKET;
        return Firewalld.on(host.file(socket));
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        Attachment attachment = Attachment.of(request);
        List<InetAddress> addresses = addresses(request);
        try (Workplace workplace = Workplace.onHost(host, engines)) {
            Parts parts = new Parts();
            parts.attempt(() -> firewall(workplace).dismiss(attachment, addresses));
            parts.attempt(() ->
                    firewalld(request).dismiss(addresses, FirewallConfig.zone(request.config())));
            parts.finish();
        }
    }

    /** The container's addresses as far as they are known. */
    private static List<InetAddress> addresses(PluginRequest request) {
        try {
            return request.prevResult().map(Admission::addresses).orElse(List.of());
        } catch (CniException e) {
            return List.of(); // DEL does without
        }
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        FirewallConfig config = FirewallConfig.parse(request);
        CniResult result = Chained.after(request, UNCHAINED);
        Admission admission = Admission.of(Attachment.of(request), config, result);
        try (Workplace workplace = Workplace.onHost(host, engines)) {
            HostFirewall firewall = firewall(workplace);
            switch (backend(config, request)) {
                case IPTABLES -> firewall.iptables().check(admission);
                case NFTABLES -> firewall.nftables().check(admission);
                case FIREWALLD -> {
                    firewalld(request).check(admission.addresses(), config.zone());
                    firewall.nftables().checkIsolation(admission);
                }
            }
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        try (Workplace workplace = Workplace.onHost(host, engines)) {
            firewall(workplace).collect(request.networkName(), request.validAttachments());
        }
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        FirewallConfig config = FirewallConfig.parse(request);
        String lacking =
                switch (backend(config, request)) {
                    case IPTABLES ->
                            netfilter.hasIptables(host.netns())
                                    ? ""
                                    : config.backend().isPresent()
                                            ? "iptables does not work here"
                                            : "neither iptables nor nftables works here";
                    case NFTABLES ->
                            netfilter.hasNftables(host.netns()) ? "" : "the kernel has no nftables";
                    case FIREWALLD ->
                            firewalld(request).isRunning() ? "" : "firewalld does not run";
                };
        if (!lacking.isEmpty()) {
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE, "containers cannot be admitted: " + lacking);
        }
    }
}
