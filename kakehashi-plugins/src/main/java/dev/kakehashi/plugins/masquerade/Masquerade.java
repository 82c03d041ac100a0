package dev.kakehashi.plugins.masquerade;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesException;
import dev.kakehashi.linux.iptables.IptablesFamily;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.ContainerSide;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The masquerade of a host's containers, in whichever backend. */
public final class Masquerade {

    private static final String NAT = "nat";

    private final Netns host;
    private final Netfilter netfilter;

    private Masquerade(Netns host, Netfilter netfilter) {
        this.host = host;
        this.netfilter = netfilter;
    }

    /**
     * The masquerade of a host.
     *
     * @param host its namespace; lent
     */
    public static Masquerade on(Netns host, Netfilter netfilter) {
        return new Masquerade(host, netfilter);
    }

    /**
     * The backend that a configuration names; if it names none, iptables where it works or where
     * nftables does not work either.
     *
     * @throws CniException code 7 for an unknown name
     */
    public Backend choose(Optional<String> configured) throws CniException {
        if (configured.isPresent()) {
            return Backend.named(configured.get());
        }
        return netfilter.hasIptables(host) || !netfilter.hasNftables(host)
                ? Backend.IPTABLES
                : Backend.NFTABLES;
    }

    /** What a result's addresses are, with the length of their subnets. */
    private static List<IpPrefix> prefixes(List<CniIp> ips) {
        List<IpPrefix> prefixes = new ArrayList<>(ips.size());
        for (CniIp ip : ips) {
            prefixes.add(ContainerSide.prefix(ip.address()));
        }
        return prefixes;
    }

    /** What nftables needs for an attachment, as part of its desired state on the host. */
    public static List<Resource> nftables(Attachment attachment, List<CniIp> ips) {
        return NftMasquerade.resources(attachment, prefixes(ips));
    }

    /** Whatever an attachment has in nftables, to be removed. */
    public static Resource nftablesOf(Attachment attachment) {
        return NftMasquerade.all(attachment);
    }

    /** Makes the rules of iptables for an attachment; nothing changes for those that are there. */
    public void setUpIptables(Attachment attachment, List<CniIp> ips) throws CniException {
        try {
            for (IptablesFamily family : IptablesFamily.values()) {
                List<IpPrefix> addresses = of(family, prefixes(ips));
                if (!addresses.isEmpty()) {
                    Iptables iptables = Iptables.in(host, family);
                    // Where others are masqueraded already, no program is needed.
                    if (!iptables.append(
                            NAT,
                            List.of(),
                            List.of(),
                            IptablesMasquerade.setUp(List.of(), attachment, addresses))) {
                        iptables.restore(
                                NAT,
                                IptablesMasquerade.setUp(
                                        iptables.save(NAT), attachment, addresses));
                    }
                }
            }
        } catch (IptablesException e) {
            CniException failure = Failures.of("failed to set up IP masquerade", e);
            try {
                tearDownIptables(attachment, ips);
            } catch (CniException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static List<IpPrefix> of(IptablesFamily family, List<IpPrefix> prefixes) {
        List<IpPrefix> some = new ArrayList<>(prefixes.size());
        for (IpPrefix prefix : prefixes) {
            if (prefix.isIpv4() == (family == IptablesFamily.IPV4)) {
                some.add(prefix);
            }
        }
        return some;
    }

    /**
     * Removes the rules of iptables of an attachment, whatever backend it is configured for now.
     * Where iptables does not work there is nothing to remove.
     *
     * @param ips its addresses; empty if they are not known
     */
    public void tearDownIptables(Attachment attachment, List<CniIp> ips) throws CniException {
        String chain = IptablesMasquerade.chain(attachment);
        List<IptablesFamily> left = new ArrayList<>(IptablesFamily.values().length);
        for (IptablesFamily family : IptablesFamily.values()) {
            Iptables iptables = Iptables.in(host, family);
            List<byte[]> addresses = new ArrayList<>(ips.size());
            for (IpPrefix address : of(family, prefixes(ips))) {
                addresses.add(address.address().getAddress());
            }
            boolean gone =
                    !addresses.isEmpty()
                            && iptables.removeChain(
                                    NAT, chain, IptablesMasquerade.ENTRY, addresses);
            if (!gone && iptables.mayHave(NAT, List.of(chain))) {
                left.add(family);
            }
        }
        if (left.isEmpty()) {
            return;
        }
        changeIptables(
                left,
                (family, saved) -> {
                    List<IpPrefix> addresses = of(family, prefixes(ips));
                    return addresses.isEmpty() && !ips.isEmpty()
                            ? List.of()
                            : IptablesMasquerade.tearDown(saved, attachment, addresses);
                },
                "failed to remove IP masquerade");
    }

    /**
     * Removes the rules, in both backends, of a network's attachments that are not valid any more.
     */
    public void collect(String network, List<CniAttachment> valid) throws CniException {
        List<Attachment> attachments = new ArrayList<>(valid.size());
        for (CniAttachment attachment : valid) {
            attachments.add(Attachment.of(network, attachment));
        }
        if (netfilter.hasNftables(host)) {
            Nft nft = KernelNft.of(host);
            try {
                nft.apply(
                        NftMasquerade.collect(
                                nft.rules(NftMasquerade.TABLE), network, attachments));
            } catch (NftException e) {
                throw Failures.of("failed to remove stale IP masquerade", e);
            }
        }
        changeIptables(
                List.of(IptablesFamily.values()),
                (_, saved) -> IptablesMasquerade.collect(saved, network, valid),
                "failed to remove stale IP masquerade");
    }

    /** From the saved table of a family to changes. */
    private interface Change {
        List<String> of(IptablesFamily family, List<String> saved);
    }

    private void changeIptables(List<IptablesFamily> families, Change change, String failing)
            throws CniException {
        if (!netfilter.hasIptables(host)) {
            return;
        }
        for (IptablesFamily family : families) {
            Iptables iptables = Iptables.in(host, family);
            try {
                iptables.restore(NAT, change.of(family, iptables.save(NAT)));
            } catch (IptablesException e) {
                // A host may do without IPv6.
                if (family == IptablesFamily.IPV4 || iptables.isUsable()) {
                    throw Failures.of(failing, e);
                }
            }
        }
    }

    /**
     * Verifies the rules of iptables of an attachment.
     *
     * @throws CniException naming the first that is missing
     */
    public void checkIptables(Attachment attachment, List<CniIp> ips) throws CniException {
        for (IptablesFamily family : IptablesFamily.values()) {
            List<IpPrefix> addresses = of(family, prefixes(ips));
            if (addresses.isEmpty()) {
                continue;
            }
            List<String> missing;
            try {
                missing =
                        IptablesMasquerade.missing(
                                Iptables.in(host, family).save(NAT), attachment, addresses);
            } catch (IptablesException e) {
                throw Failures.of("failed to look for IP masquerade", e);
            }
            if (!missing.isEmpty()) {
                throw new CniException(
                        CniException.INTERNAL,
                        "IP masquerade: a rule of "
                                + family.program()
                                + " is missing: "
                                + missing.getFirst());
            }
        }
    }

    /**
     * Tells whether addresses could be masqueraded now.
     *
     * @throws CniException code 50 when not
     */
    public void status(Optional<String> configured) throws CniException {
        boolean works =
                switch (choose(configured)) {
                    case IPTABLES -> netfilter.hasIptables(host);
                    case NFTABLES -> netfilter.hasNftables(host);
                };
        if (!works) {
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE,
                    "ipMasq is configured but "
                            + configured.orElse("neither iptables nor nftables")
                            + (configured.isPresent() ? " does not work here" : " works here"));
        }
        if (choose(configured) == Backend.NFTABLES) {
            KernelFeatures.require("nft-masquerade");
        }
    }
}
