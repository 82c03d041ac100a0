package dev.kakehashi.plugins.bandwidth;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;

import java.util.List;
import java.util.Optional;

/**
 * The configuration of {@code bandwidth}. If any of its keys stands in the configuration itself,
 * {@code runtimeConfig.bandwidth} does not count.
 *
 * @param ingress (keys ingressRate, ingressBurst) what goes to the container
 * @param egress (keys egressRate, egressBurst) what comes from the container
 * @param selection (keys shapedSubnets, unshapedSubnets) what of it; the configuration's counts for
 *     limits that come from the runtime, too
 */
record BandwidthConfig(Optional<Limit> ingress, Optional<Limit> egress, Selection selection) {

    private static final List<String> KEYS =
            List.of("ingressRate", "ingressBurst", "egressRate", "egressBurst");

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException code 6 or 7
     */
    static BandwidthConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        JsonObject limits =
                isStatic(json)
                        ? json
                        : request.runtimeConfig().object("bandwidth").orElse(JsonObject.EMPTY);
        Selection own = Selection.parse(json);
        return new BandwidthConfig(
                Limit.parse(limits, "ingress"),
                Limit.parse(limits, "egress"),
                own.isAll() ? Selection.parse(limits) : own);
    }

    private static boolean isStatic(JsonObject json) {
        for (String key : KEYS) {
            if (json.has(key)) {
                return true;
            }
        }
        return false;
    }

    /** What goes to the container by a link of its own, since some of it is not limited. */
    Optional<Limit> selectedIngress() {
        return selection.isAll() ? Optional.empty() : ingress;
    }

    /** Whether nothing is limited. */
    boolean isUnlimited() {
        return ingress.isEmpty() && egress.isEmpty();
    }
}
