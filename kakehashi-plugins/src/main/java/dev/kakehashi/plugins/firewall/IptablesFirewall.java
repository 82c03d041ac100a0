package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.iptables.SavedTable;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.RuleComment;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Admission in iptables, table {@code filter}: {@code FORWARD} begins with the rules that keep
 * bridges apart ({@code CNI-ISOLATION-STAGE-1} and {@code -2}), then with {@code CNI-FORWARD},
 * which asks the administrator's chain and accepts what comes from containers and what answers
 * them. Each rule of a container bears its attachment as comment, each rule of a bridge its
 * network. Pure: from the lines of iptables-save to those for iptables-restore.
 */
final class IptablesFirewall {

    static final String TABLE = "filter";

    /** What forwarded packets go through. */
    static final String ENTRY = "CNI-FORWARD";

    private static final String STAGE_1 = "CNI-ISOLATION-STAGE-1";
    private static final String STAGE_2 = "CNI-ISOLATION-STAGE-2";

    /** What keeps bridges apart. */
    static final List<String> STAGES = List.of(STAGE_1, STAGE_2);

    private static final String ENTRANCE =
            "-A FORWARD" + comment("CNI firewall plugin rules") + " -j " + ENTRY;
    private static final String POLICIES =
            "CNI firewall plugin rules (ingressPolicy: same-bridge|isolated)";
    private static final String ISOLATION_ENTRANCE =
            "-A FORWARD" + comment(POLICIES) + " -j " + STAGE_1;

    private IptablesFirewall() {}

    private static String comment(String text) {
        return " -m comment --comment \"" + text + "\"";
    }

    private static String adminEntrance(FirewallConfig config) {
        return "-A "
                + ENTRY
                + comment("CNI firewall plugin admin overrides")
                + " -j "
                + config.adminChain();
    }

    /** Admits addresses of one family; nothing changes for rules that are there. */
    static List<String> setUp(SavedTable saved, Admission admission, boolean v4) {
        List<String> changes = new ArrayList<>();
        chain(saved, ENTRY, changes);
        chain(saved, admission.config().adminChain(), changes);
        boolean entrance = saved.has(ENTRANCE);
        if (!entrance) {
            changes.add(insertion(ENTRANCE));
        }
        String admin = adminEntrance(admission.config());
        if (!saved.has(admin)) {
            changes.add(insertion(admin));
        }
        for (String rule : rules(admission, v4)) {
            if (!saved.has(rule)) {
                changes.add(rule);
            }
        }
        if (admission.bridge().isPresent()) {
            isolate(saved, admission, changes);
        }
        boolean isolates = saved.has(ISOLATION_ENTRANCE);
        if (isolates && !entrance) {
            changes.add(SavedTable.deletion(ISOLATION_ENTRANCE));
        }
        // Before the entrance: what is accepted there is not looked at any more.
        if (isolates ? !entrance : admission.bridge().isPresent()) {
            changes.add(insertion(ISOLATION_ENTRANCE));
        }
        return changes;
    }

    private static void chain(SavedTable saved, String chain, List<String> changes) {
        if (!saved.hasChain(chain)) {
            // Fails, unlike ":CHAIN", when somebody else has made and filled it meanwhile.
            changes.add("-N " + chain);
        }
    }

    private static String insertion(String rule) {
        return "-I" + rule.substring(2);
    }

    private static void isolate(SavedTable saved, Admission admission, List<String> changes) {
        for (String chain : STAGES) {
            chain(saved, chain, changes);
            String end = end(chain);
            if (!saved.has(end)) {
                changes.add(end);
            }
        }
        for (String rule : isolation(admission)) {
            if (!saved.has(rule)) {
                changes.add(insertion(rule));
            }
        }
    }

    private static String end(String chain) {
        return "-A " + chain + comment(POLICIES) + " -j RETURN";
    }

    /** The rules of the addresses, as iptables-save prints them. */
    static List<String> rules(Admission admission, boolean v4) {
        return rules(admission, v4, comment(comment(admission.attachment())));
    }

    private static List<String> rules(Admission admission, boolean v4, String mark) {
        List<String> rules = new ArrayList<>();
        for (InetAddress address : admission.addresses(v4)) {
            rules.add(answers(address, mark));
            rules.add(questions(address, mark));
        }
        return rules;
    }

    private static String comment(Attachment attachment) {
        return RuleComment.comment(attachment).replace("\\", "");
    }

    private static String answers(InetAddress address, String mark) {
        return "-A "
                + ENTRY
                + " -d "
                + IpPrefix.host(address)
                + " -m conntrack --ctstate RELATED,ESTABLISHED"
                + mark
                + " -j ACCEPT";
    }

    private static String questions(InetAddress address, String mark) {
        return "-A " + ENTRY + " -s " + IpPrefix.host(address) + mark + " -j ACCEPT";
    }

    /** The rules that an admission stands on, beside those of the addresses. */
    static List<String> common(Admission admission) {
        List<String> common = new ArrayList<>();
        common.add(ENTRANCE);
        common.add(adminEntrance(admission.config()));
        if (admission.bridge().isPresent()) {
            common.add(ISOLATION_ENTRANCE);
            STAGES.forEach(chain -> common.add(end(chain)));
            common.addAll(isolation(admission));
        }
        return common;
    }

    /** What keeps a bridge's containers apart, in the order in which it is inserted. */
    private static List<String> isolation(Admission admission) {
        return isolation(admission, ", " + RuleComment.ofNetwork(admission.attachment().network()));
    }

    private static List<String> isolation(Admission admission, String network) {
        if (admission.bridge().isEmpty()) {
            return List.of();
        }
        String bridge = admission.bridge().get();
        String policy = admission.config().policy().text();
        String ofPolicy =
                comment("CNI firewall plugin rules (ingressPolicy: " + policy + ")" + network);
        List<String> rules = new ArrayList<>(3);
        rules.add(
                "-A " + STAGE_1 + " -i " + bridge + " ! -o " + bridge + ofPolicy + " -j "
                        + STAGE_2);
        if (admission.config().policy() == IngressPolicy.ISOLATED) {
            rules.add("-A " + STAGE_1 + " -i " + bridge + " -o " + bridge + ofPolicy + " -j DROP");
        }
        rules.add("-A " + STAGE_2 + " -o " + bridge + comment(POLICIES + network) + " -j DROP");
        return rules;
    }

    /**
     * What an attachment lacks of its rules, ours or those of the reference plugin, which have no
     * marks; empty when nothing.
     */
    static List<String> missing(SavedTable saved, Admission admission, boolean v4) {
        List<String> missing = new ArrayList<>();
        missing.add(ENTRANCE);
        missing.add(adminEntrance(admission.config()));
        if (admission.bridge().isPresent()) {
            missing.add(ISOLATION_ENTRANCE);
        }
        missing.removeIf(saved::has);
        addMissing(saved, rules(admission, v4), rules(admission, v4, ""), missing);
        addMissing(saved, isolation(admission), isolation(admission, ""), missing);
        return missing;
    }

    /** What keeping a bridge apart lacks of its rules, ours or those of the reference plugin. */
    static List<String> missingIsolation(SavedTable saved, Admission admission) {
        List<String> missing = new ArrayList<>();
        missing.add(ISOLATION_ENTRANCE);
        missing.removeIf(saved::has);
        addMissing(saved, isolation(admission), isolation(admission, ""), missing);
        return missing;
    }

    /** Rules that are there in neither of two forms. */
    private static void addMissing(
            SavedTable saved, List<String> ours, List<String> theirs, List<String> missing) {
        for (int i = 0; i < ours.size(); i++) {
            if (!saved.has(ours.get(i)) && !saved.has(theirs.get(i))) {
                missing.add(ours.get(i));
            }
        }
    }

    /** One of these is in each rule of an attachment, by us or by the reference plugin. */
    static List<byte[]> words(Attachment attachment, List<InetAddress> addresses) {
        List<byte[]> words = new ArrayList<>(1 + addresses.size());
        words.add(bytes(RuleComment.ofAttachment(attachment)));
        for (InetAddress address : addresses) {
            words.add(address.getAddress());
        }
        return words;
    }

    /** One of these is in each of our rules of a network. */
    static List<byte[]> words(String network) {
        return List.of(bytes(RuleComment.ofNetwork(network)));
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Takes an attachment's rules back; with the last attachment of a network, what keeps its
     * bridges apart.
     *
     * @param addresses of the container as far as they are known: the reference plugin's rules are
     *     known by them only
     */
    static List<String> tearDown(
            SavedTable saved, Attachment attachment, List<InetAddress> addresses) {
        List<String> changes = new ArrayList<>();
        boolean last = true;
        String mark = comment(comment(attachment));
        String network = "\"" + RuleComment.ofNetwork(attachment.network()) + "-";
        Set<String> theirs = new LinkedHashSet<>();
        for (InetAddress address : addresses) {
            theirs.add(answers(address, ""));
            theirs.add(questions(address, ""));
        }
        for (String rule : saved.rules(ENTRY)) {
            if (rule.contains(mark) || theirs.contains(rule)) {
                changes.add(SavedTable.deletion(rule));
            } else if (rule.contains(network)) {
                last = false;
            }
        }
        if (last) {
            changes.addAll(reunited(saved, attachment.network()));
        }
        return changes;
    }

    /** Deletes what keeps a network's bridges apart. */
    private static List<String> reunited(SavedTable saved, String network) {
        List<String> changes = new ArrayList<>();
        String mark = ", " + RuleComment.ofNetwork(network) + "\"";
        for (String chain : STAGES) {
            for (String rule : saved.rules(chain)) {
                if (rule.contains(mark)) {
                    changes.add(SavedTable.deletion(rule));
                }
            }
        }
        return changes;
    }

    /** Takes back the rules of attachments of a network that are not valid any more. */
    static List<String> collect(SavedTable saved, String network, List<CniAttachment> valid) {
        Set<String> living = new LinkedHashSet<>();
        for (CniAttachment one : valid) {
            living.add(comment(comment(Attachment.of(network, one))));
        }
        String ofNetwork = "\"" + RuleComment.ofNetwork(network) + "-";
        List<String> changes = new ArrayList<>();
        boolean last = true;
        for (String rule : saved.rules(ENTRY)) {
            if (!rule.contains(ofNetwork)) {
                continue;
            }
            Optional<String> owner = living.stream().filter(rule::contains).findFirst();
            if (owner.isEmpty()) {
                changes.add(SavedTable.deletion(rule));
            } else {
                last = false;
            }
        }
        if (last) {
            changes.addAll(reunited(saved, network));
        }
        return changes;
    }
}
