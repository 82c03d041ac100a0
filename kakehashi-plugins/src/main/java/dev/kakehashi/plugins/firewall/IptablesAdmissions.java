package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesException;
import dev.kakehashi.linux.iptables.IptablesFamily;
import dev.kakehashi.linux.iptables.SavedTable;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.RuleComment;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.cleanup.Parts;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;

/** The admission of containers by a host's iptables, for one call. */
final class IptablesAdmissions {

    private final Netns host;

    IptablesAdmissions(Netns host) {
        this.host = host;
    }

    private Iptables iptables(boolean v4) {
        return Iptables.in(host, v4 ? IptablesFamily.IPV4 : IptablesFamily.IPV6);
    }

    /** Admits the families that the container has. */
    void admit(Admission admission, Undo undo) throws CniException {
        for (boolean v4 : new boolean[] {true, false}) {
            if (!admission.addresses(v4).isEmpty()) {
                admit(admission, v4, undo);
            }
        }
    }

    /** Admits one family. */
    void admit(Admission admission, boolean v4, Undo undo) throws CniException {
        Iptables iptables = iptables(v4);
        try {
            // Where others have been admitted already, no program is needed.
            if (!iptables.append(
                    IptablesFirewall.TABLE,
                    IptablesFirewall.common(admission),
                    List.of(RuleComment.ofAttachment(admission.attachment())),
                    IptablesFirewall.rules(admission, v4))) {
                iptables.change(
                        IptablesFirewall.TABLE,
                        saved -> IptablesFirewall.setUp(saved, admission, v4));
            }
        } catch (IptablesException e) {
            throw Failures.of("failed to admit a container", e);
        }
        undo.add(failure -> {
            try {
                dismiss(v4, admission.attachment(), List.of());
            } catch (CniException e) {
                failure.addSuppressed(e);
            }
        });
    }

    /** Verifies the rules of the families that the container has. */
    void check(Admission admission) throws CniException {
        for (boolean v4 : new boolean[] {true, false}) {
            if (admission.addresses(v4).isEmpty()) {
                continue;
            }
            List<String> missing = IptablesFirewall.missing(saved(v4), admission, v4);
            if (!missing.isEmpty()) {
                throw new CniException(
                        CniException.INTERNAL,
                        "a rule of "
                                + (v4 ? "iptables" : "ip6tables")
                                + " is missing: "
                                + missing.getFirst());
            }
        }
    }

    /**
     * Whether a bridge is kept apart in the families that the container has. Where it has none it
     * is not: the reference plugin then makes no rules (its {@code findProtos}).
     */
    boolean keepsApart(Admission admission) throws CniException {
        if (admission.addresses().isEmpty()) {
            return false;
        }
        for (boolean v4 : new boolean[] {true, false}) {
            if (!admission.addresses(v4).isEmpty()
                    && (!iptables(v4).mayHave(IptablesFirewall.TABLE, IptablesFirewall.STAGES)
                            || !IptablesFirewall.missingIsolation(saved(v4), admission)
                                    .isEmpty())) {
                return false;
            }
        }
        return true;
    }

    private SavedTable saved(boolean v4) throws CniException {
        try {
            return SavedTable.of(iptables(v4).save(IptablesFirewall.TABLE));
        } catch (IptablesException e) {
            throw Failures.of("failed to look for a container's admission", e);
        }
    }

    /**
     * Takes back what admits an attachment, by us or, where its addresses are known, by the
     * reference plugin.
     */
    void dismiss(Attachment attachment, List<InetAddress> addresses) throws CniException {
        Parts parts = new Parts();
        for (boolean v4 : new boolean[] {true, false}) {
            parts.attempt(() -> dismiss(v4, attachment, Admission.ofFamily(addresses, v4)));
        }
        parts.finish();
    }

    private void dismiss(boolean v4, Attachment attachment, List<InetAddress> addresses)
            throws CniException {
        Iptables iptables = iptables(v4);
        if (!iptables.mayHave(IptablesFirewall.TABLE)) {
            return;
        }
        iptables.removeRules(
                IptablesFirewall.TABLE,
                IptablesFirewall.ENTRY,
                RuleComment.ofAttachment(attachment));
        change(
                v4,
                attachment.network(),
                IptablesFirewall.words(attachment, addresses),
                saved -> IptablesFirewall.tearDown(saved, attachment, addresses));
    }

    /** Takes back what admits attachments of a network that are not valid any more. */
    void collect(String network, List<CniAttachment> valid) throws CniException {
        Parts parts = new Parts();
        for (boolean v4 : new boolean[] {true, false}) {
            parts.attempt(() ->
                    change(
                            v4,
                            network,
                            IptablesFirewall.words(network),
                            saved -> IptablesFirewall.collect(saved, network, valid)));
        }
        parts.finish();
    }

    /** Changes the rules, if one may have one of some words or be of a network's isolation. */
    private void change(
            boolean v4,
            String network,
            List<byte[]> words,
            Function<SavedTable, List<String>> change)
            throws CniException {
        Iptables iptables = iptables(v4);
        List<byte[]> ofNetwork = IptablesFirewall.words(network);
        List<String> entry = List.of(IptablesFirewall.ENTRY);
        if (!iptables.mayMention(IptablesFirewall.TABLE, entry, words)
                // What keeps bridges apart stays while the network has other containers.
                && (iptables.mayMention(IptablesFirewall.TABLE, entry, ofNetwork)
                        || !iptables.mayMention(
                                IptablesFirewall.TABLE, IptablesFirewall.STAGES, ofNetwork))) {
            return;
        }
        try {
            iptables.change(IptablesFirewall.TABLE, change);
        } catch (IptablesException e) {
            // Where it does not work it has nothing.
            if (iptables.isUsable()) {
                throw Failures.of(HostFirewall.TAKING_BACK, e);
            }
        }
    }
}
