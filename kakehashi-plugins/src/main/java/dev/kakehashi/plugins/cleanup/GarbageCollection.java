package dev.kakehashi.plugins.cleanup;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.PairRemoval;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.plugins.masquerade.Netfilter;
import dev.kakehashi.plugins.spoofcheck.SpoofRules;

import java.util.List;
import java.util.Set;

/**
 * One GC: removes the pairs, rules and reservations of a network that belong to no valid
 * attachment.
 */
public final class GarbageCollection {

    private GarbageCollection() {}

    /**
     * Removes them, as much as can be.
     *
     * @throws CniException the first failure, with the others
     */
    public static void run(
            PluginRequest request, PluginHost host, HostEngines engines, Netfilter netfilter)
            throws CniException {
        String network = request.networkName();
        List<CniAttachment> valid = request.validAttachments();
        Parts parts = new Parts();
        parts.attempt(() -> {
            try (Wiring wiring = Wiring.open(host, engines)) {
                Set<String> links = new PairRemoval(wiring).collect(network, valid);
                if (netfilter.hasNftables(host.netns())) {
                    spoofRules(KernelNft.of(host.netns()), links);
                }
            }
        });
        parts.attempt(() -> Masquerade.on(host.netns(), netfilter).collect(network, valid));
        parts.attempt(() -> Ipam.of(request).gc());
        parts.finish();
    }

    private static void spoofRules(Nft nft, Set<String> links) throws CniException {
        try {
            nft.apply(SpoofRules.collect(nft.rules(SpoofRules.TABLE), links));
        } catch (NftException e) {
            throw Failures.of("failed to remove stale spoof check rules", e);
        }
    }
}
