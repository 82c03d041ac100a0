package dev.kakehashi.plugins.cleanup;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.HostInterfaceName;
import dev.kakehashi.plugins.attachment.PairRemoval;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.plugins.masquerade.Netfilter;
import dev.kakehashi.plugins.spoofcheck.SpoofRules;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One DEL. It needs neither the container's namespace nor the previous result nor a configuration
 * that is valid in all its parts, and goes on after a failure: what can be removed is.
 */
public final class Detachment {

    private final PluginRequest request;
    private final PluginHost host;
    private final HostEngines engines;
    private final Masquerade masquerade;

    private Detachment(
            PluginRequest request, PluginHost host, HostEngines engines, Netfilter netfilter) {
        this.request = request;
        this.host = host;
        this.engines = engines;
        this.masquerade = Masquerade.on(host.netns(), netfilter);
    }

    /**
     * Removes the pair, its rules and its addresses' reservation.
     *
     * @throws CniException the first failure, with the others
     */
    public static void run(
            PluginRequest request, PluginHost host, HostEngines engines, Netfilter netfilter)
            throws CniException {
        new Detachment(request, host, engines, netfilter).run();
    }

    private void run() throws CniException {
        Attachment attachment = Attachment.of(request);
        boolean masqueraded = isAsked("ipMasq");
        List<Resource> rules = new ArrayList<>();
        if (isAsked("macspoofchk")) {
            rules.addAll(SpoofRules.all(attachment.containerId(), attachment.ifName()));
        }
        if (masqueraded) {
            rules.add(Masquerade.nftablesOf(attachment));
        }
        Parts parts = new Parts();
        parts.detach(request, () -> detach(attachment, rules));
        if (masqueraded) {
            parts.attempt(() -> masquerade.tearDownIptables(attachment, previousIps()));
        }
        parts.finish();
    }

    private void detach(Attachment attachment, List<Resource> rules) throws CniException {
        try (Wiring wiring = Wiring.open(host, engines)) {
            new PairRemoval(wiring).detach(attachment, hostInterfaceName(), request.netns(), rules);
        }
    }

    /** A switch of the configuration; a malformed one counts as on. */
    private boolean isAsked(String key) {
        try {
            return request.config().bool(key, false);
        } catch (JsonException e) {
            return true;
        }
    }

    private Optional<String> hostInterfaceName() {
        try {
            return HostInterfaceName.requested(request);
        } catch (CniException e) {
            return Optional.empty(); // ADD had failed, too
        }
    }

    /** The addresses of the previous result; none if there is no readable one. */
    private List<CniIp> previousIps() {
        try {
            return request.prevResult().map(CniResult::ips).orElse(List.of());
        } catch (CniException e) {
            return List.of();
        }
    }
}
