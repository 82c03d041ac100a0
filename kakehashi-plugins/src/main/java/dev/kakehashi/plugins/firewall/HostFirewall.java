package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.cleanup.Parts;
import dev.kakehashi.plugins.masquerade.Netfilter;

import java.net.InetAddress;
import java.util.List;

/** The admission of containers by a host's packet filter, in either backend, for one call. */
final class HostFirewall {

    static final String TAKING_BACK = "failed to take back a container's admission";

    private final IptablesAdmissions iptables;
    private final NftAdmissions nftables;

    HostFirewall(Netns host, Workplace workplace, Netfilter netfilter) {
        this.iptables = new IptablesAdmissions(host);
        this.nftables = new NftAdmissions(host, workplace, netfilter, iptables);
    }

    /** What iptables admits. */
    IptablesAdmissions iptables() {
        return iptables;
    }

    /** What nftables admits, and what it keeps apart. */
    NftAdmissions nftables() {
        return nftables;
    }

    /**
     * Takes back whatever admits an attachment, in either backend, by us or, where its addresses
     * are known, by the reference plugin.
     */
    void dismiss(Attachment attachment, List<InetAddress> addresses) throws CniException {
        Parts parts = new Parts();
        parts.attempt(() -> nftables.dismiss(attachment, addresses));
        parts.attempt(() -> iptables.dismiss(attachment, addresses));
        parts.finish();
    }

    /** Takes back what admits attachments of a network that are not valid any more. */
    void collect(String network, List<CniAttachment> valid) throws CniException {
        Parts parts = new Parts();
        parts.attempt(() -> nftables.collect(network, valid));
        parts.attempt(() -> iptables.collect(network, valid));
        parts.finish();
    }
}
