package dev.kakehashi.plugins.portmap;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesException;
import dev.kakehashi.linux.iptables.IptablesFamily;
import dev.kakehashi.linux.iptables.SavedTable;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Workplace;

import java.util.List;
import java.util.Optional;

/**
 * One CHECK of {@code portmap}. It holds for ports that the reference plugin has published, too: a
 * host may have changed its plugins while the container ran.
 */
final class PublishedCheck {

    private final Netns host;
    private final Workplace workplace;

    PublishedCheck(Netns host, Workplace workplace) {
        this.host = host;
        this.workplace = workplace;
    }

    /** Verifies what nftables publishes. */
    void nftables(List<Published> all) throws CniException {
        try {
            conditions(all.getFirst());
            workplace.verify(
                    HostPorts.state(all),
                    "missing hostport rules in nft table "
                            + HostPorts.table(all.getFirst()).table().id());
        } catch (CniException e) {
            if (!isByReference(all)) {
                throw e;
            }
        }
    }

    private void conditions(Published one) throws CniException {
        try {
            if (one.config().isConditional()
                    && !PortConditions.areIn(
                            KernelNft.of(host).rules(HostPorts.table(one).table().id()),
                            one.config())) {
                throw new CniException(
                        CniException.INTERNAL,
                        "the rules with the conditions of published ports are missing or changed in"
                                + " nft table "
                                + HostPorts.table(one).table().id());
            }
        } catch (NftException e) {
            throw Failures.of("failed to look for the conditions of published ports", e);
        }
    }

    private boolean isByReference(List<Published> all) {
        Nft nft = KernelNft.of(host);
        try {
            for (Published one : all) {
                Optional<InstalledTable> table =
                        nft.rules(one.isIpv4() ? ReferencePorts.V4 : ReferencePorts.V6);
                if (table.isEmpty() || !ReferencePorts.publishes(table.get(), one)) {
                    return false;
                }
            }
            return true;
        } catch (NftException e) {
            return false;
        }
    }

    /** Verifies the rules of iptables. */
    void iptables(Published one) throws CniException {
        Iptables iptables =
                Iptables.in(host, one.isIpv4() ? IptablesFamily.IPV4 : IptablesFamily.IPV6);
        List<String> missing;
        try {
            missing = IptablesPorts.missing(SavedTable.of(iptables.save(IptablesPorts.TABLE)), one);
        } catch (IptablesException e) {
            throw Failures.of(
                    iptables.isUsable()
                            ? "failed to look for published ports"
                            : "neither iptables nor ip6tables is usable",
                    e);
        }
        if (!missing.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    "a rule of "
                            + (one.isIpv4() ? "iptables" : "ip6tables")
                            + " is missing: "
                            + missing.getFirst());
        }
    }
}
