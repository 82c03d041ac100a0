package dev.kakehashi.plugins.portmap;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.InstalledRule;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.TableId;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the reference plugin publishes in nftables: a rule for each port, with the container's id as
 * comment. Pure.
 */
final class ReferencePorts {

    static final TableId V4 = new TableId(Family.IP, "cni_hostport");
    static final TableId V6 = new TableId(Family.IP6, "cni_hostport");

    private static final List<String> PORTS = List.of("hostports", "hostip_hostports");
    private static final String MASQUERADING = "masquerading";
    private static final List<String> CHAINS =
            List.of("hostports", "hostip_hostports", MASQUERADING);

    private ReferencePorts() {}

    /**
     * Removes the rules of a container.
     *
     * @param addresses of the attachment, if they are known: rules that name another one are of
     *     another network or interface of the same container
     */
    static NftTransaction tearDown(
            InstalledTable installed, String containerId, List<InetAddress> addresses) {
        Set<String> texts =
                addresses.stream().map(ReferencePorts::text).collect(Collectors.toSet());
        return remove(
                installed,
                rule ->
                        rule.rule().comment().equals(containerId)
                                && (texts.isEmpty() || isAbout(installed, rule, texts)));
    }

    /**
     * Whether the ports of an attachment are published, by the count of the container's rules, as
     * the reference plugin's CHECK has it.
     */
    static boolean publishes(InstalledTable installed, Published published) {
        int masquerades = !published.config().snat() ? 0 : published.isIpv4() ? 2 : 1;
        return count(installed, PORTS, published) >= published.mappings().size()
                && count(installed, List.of(MASQUERADING), published) >= masquerades;
    }

    private static int count(InstalledTable installed, List<String> chains, Published published) {
        Set<String> address = Set.of(text(published.target()));
        int count = 0;
        for (String name : chains) {
            Optional<List<InstalledRule>> rules = installed.chain(name).map(chain -> chain.rules());
            for (InstalledRule rule : rules.orElse(List.of())) {
                if (rule.rule().comment().equals(published.attachment().containerId())
                        && isAbout(installed, rule, address)) {
                    count++;
                }
            }
        }
        return count;
    }

    private static String text(InetAddress address) {
        String text = IpAddresses.format(address);
        return address instanceof Inet4Address ? text : "[" + text + "]";
    }

    private static boolean isAbout(
            InstalledTable installed, InstalledRule rule, Set<String> addresses) {
        String text = rule.rule().text(installed.table().id().family()) + " ";
        for (String address : addresses) {
            String bare = address.replace("[", "").replace("]", "");
            if (text.contains(" " + address + ":") || text.contains("daddr " + bare + " ")) {
                return true;
            }
        }
        return false;
    }

    private static NftTransaction remove(InstalledTable installed, Predicate<InstalledRule> which) {
        NftTransaction.Builder change = NftTransaction.builder();
        boolean any = false;
        for (String name : CHAINS) {
            Optional<List<InstalledRule>> rules = installed.chain(name).map(chain -> chain.rules());
            for (InstalledRule rule : rules.orElse(List.of())) {
                if (which.test(rule)) {
                    change.deleteRule(installed.table().id(), name, rule.handle());
                    any = true;
                }
            }
        }
        if (any) {
            change.ifGeneration(installed.generation());
        }
        return change.build();
    }
}
