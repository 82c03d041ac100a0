package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.conformance.report.TextReport;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Scenarios find what they are for: each is played with a plugin of ours behind a script that does
 * one thing wrong.
 */
@Tag("peers")
@KernelTest
class BrokenPluginsTest {
    @TempDir static Path state;

    @TempDir Path folder;

    /** A plugin, what the script does wrong before and after it, and who finds that. */
    record Broken(String type, String before, String after, List<String> scenarios) {}

    private static final List<Broken> ALL = new ArrayList<>();

    /** Damage before the plugin is executed: to {@code $input} or to variables. */
    private static void before(String type, String damage, String... scenarios) {
        ALL.add(new Broken(type, damage, "", List.of(scenarios)));
    }

    /** Damage after ADD has succeeded. */
    private static void after(String type, String damage, String... scenarios) {
        ALL.add(
                new Broken(
                        type,
                        "",
                        "if [ $CNI_COMMAND = ADD ]; then " + damage + "; fi",
                        List.of(scenarios)));
    }

    /** A shell's words that change the input by an expression of sed. */
    private static String sed(String expression) {
        return "input=$(printf %s \"$input\" | sed '" + expression + "')";
    }

    private static String inside(String command) {
        return "nsenter --net=\"$CNI_NETNS\" " + command + " >&2";
    }

    static List<Broken> broken() {
        ALL.clear();
        spec();
        pairs();
        portmap();
        chained();
        dhcp();
        return List.copyOf(ALL);
    }

    private static void spec() {
        before(
                "ptp",
                sed("s/\"name\":\"other\"/\"name\":\"conformance\"/"),
                "spec/gc-other-network");
        before(
                "ptp",
                sed("s/\"cni.dev.valid-attachments\":[^]]*\\]/\"cni.dev\\/valid-attachments\":[]/"),
                "spec/gc-one-of-two",
                "spec/gc-valid-kept");
        before(
                "ptp",
                sed("s/\"cni.dev.valid-attachments\":\"all\"/\"cni.dev\\/valid-attachments\":[]/"),
                "spec/gc-list-invalid");
        before(
                "ptp",
                "[ $CNI_COMMAND != CHECK ] || exit 0",
                "spec/check-ipv6-address-gone",
                "spec/check-ipv6-route-gone");
        before(
                "ptp",
                "case $CNI_COMMAND$input in CHECK*later0*) fail 999 'what is later0?' ;; esac",
                "spec/check-final-result");
        before(
                "ptp",
                "[ $CNI_COMMAND != STATUS ] || ip link add st0 type veth peer name st1",
                "spec/status-changes-nothing");
        before(
                "ptp",
                "[ $CNI_COMMAND != STATUS ] || : >\"${CNI_PATH%%:*}/asked\"; [ $CNI_COMMAND != ADD ]"
                        + " || [ ! -e \"${CNI_PATH%%:*}/asked\" ] || fail 11 later",
                "spec/status-informs");
        before(
                "ptp",
                "[ -n \"${CNI_CONTAINERID-x}\" ] || fail 4 'CNI_CONTAINERID is empty'",
                "spec/status-gc-variables");
        before(
                "ptp",
                "case $input in *cniVersion*) ;; *) input=\"{\\\"cniVersion\\\":\\\"1.0.0\\\",${input#?}\""
                        + " ;; esac",
                "spec/version-absent");
        before("ptp", "export CNI_PATH=\"${CNI_PATH%%:*}\"", "spec/delegate-search");
        before(
                "ptp",
                "[ $CNI_COMMAND$(basename \"$CNI_NETNS\") != ADDnothing ] || { printf"
                        + " '{\"cniVersion\":\"1.1.0\"}'; exit; }",
                "spec/netns-invalid");
        before(
                "ptp",
                "[ $CNI_COMMAND != ADD ] || mkdir \"${CNI_PATH%%:*}/$CNI_CONTAINERID$CNI_IFNAME\" ||"
                        + " fail 999 'once only'",
                "spec/add-again");
        after(
                "ptp",
                inside("ip -6 address flush dev eth0 scope global"),
                "spec/dual-stack",
                "spec/ipv6-only",
                "ptp/reach-ipv6");
        after(
                "ptp",
                inside("ip route flush 198.51.100.0/24")
                        + "; "
                        + inside("ip route flush table 4242")
                        + "; "
                        + inside("ip route add 198.51.100.0/24 via 10.8.0.1"),
                "spec/routes",
                "spec/route-priority",
                "spec/route-table",
                "spec/route-mtu");
    }

    private static void pairs() {
        for (String type : List.of("bridge", "ptp")) {
            before(
                    type,
                    sed("s/\"ipMasq\":true/\"ipMasq\":false/"),
                    type + "/masquerade-ipv6-iptables",
                    type + "/masquerade-ipv6-nftables");
            before(type, "[ $CNI_COMMAND != DEL ] || exit 0", type + "/masquerade-netns-gone");
            before(type, "[ $CNI_COMMAND != GC ] || exit 0", type + "/gc-goes-on");
        }
        before(
                "bridge",
                sed("s/\"isGateway\":true/\"isGateway\":true,\"forceAddress\":true/"),
                "bridge/address-conflict-ipv6");
        after("bridge", inside("ip -6 address flush dev eth0 scope global"), "bridge/reach-ipv6");
    }

    private static void portmap() {
        for (String backend : List.of("iptables", "nftables")) {
            before(
                    "portmap",
                    sed("s/\"udp\"/\"tcp\"/g"),
                    "portmap/udp-" + backend,
                    "portmap/several-" + backend);
            before(
                    "portmap",
                    sed(
                            "s/\"hostIP\":/\"other\":/; s/conditionsV4/other/; s/masqAll/other/; s/\"snat\"/\"other\"/"),
                    "portmap/host-ip-ipv6-" + backend,
                    "portmap/conditions-" + backend,
                    "portmap/masq-all-" + backend,
                    "portmap/snat-off-" + backend);
            before("portmap", "[ $CNI_COMMAND != CHECK ] || exit 0", "portmap/check-" + backend);
            after(
                    "portmap",
                    "iptables -I FORWARD -i toward -j DROP",
                    "portmap/conditions-" + backend);
            after(
                    "portmap",
                    "sysctl -qw net.ipv6.conf.all.forwarding=0",
                    "portmap/ipv6-" + backend);
            after(
                    "portmap",
                    "iptables -t nat -I PREROUTING -p tcp --dport 8080 -j DNAT --to 10.9.1.2:80",
                    "portmap/others-address-" + backend);
        }
        before("portmap", sed("s/markMasqBit/other/"), "portmap/mark-bit", "portmap/refusals-keys");
    }

    private static void chained() {
        after("firewall", "ip6tables -F", "firewall/ipv6");
        before("firewall", sed("s/iptablesAdminChainName/other/"), "firewall/admin-chain");
        after(
                "firewall",
                "iptables -I CNI-FORWARD -s 10.9.1.2 -j ACCEPT",
                "firewall/admin-chain-default");
        before(
                "firewall",
                sed("s/ingressPolicy/other/"),
                "firewall/ingress-same-bridge",
                "firewall/ingress-isolated",
                "firewall/ingress-no-bridge");
        before("firewall", sed("s/\"open\"/\"isolated\"/"), "firewall/ingress-open");
        after("sbr", inside("ip route add 10.9.1.0/24 dev eth0"), "sbr/moved");
        after("sbr", inside("ip -6 rule del from fd00:9:1::2"), "sbr/dual-stack");
        before(
                "sbr",
                sed("s/\"gateways\"/\"other\"/; s/addSourceHints/other/"),
                "sbr/gateways",
                "sbr/gateways-refused",
                "sbr/source-hints");
        before(
                "bandwidth",
                sed("s/ingressRate/other/; s/ingressBurst/another/"),
                "bandwidth/static-first");
        before(
                "bandwidth",
                "[ $CNI_COMMAND != CHECK ] || exit 0",
                "bandwidth/check-node",
                "bandwidth/check-ifb");
        after(
                "bandwidth",
                "case $input in *egressRate*) ;; *) ip link add more type ifb ;; esac",
                "bandwidth/one-way");
        after(
                "bandwidth",
                "case $input in *ingressRate*) ;;"
                        + " *) tc qdisc add dev cf2eth0 root tbf rate 1mbit burst 10k latency 25ms ;;"
                        + " esac",
                "bandwidth/one-way");
        before(
                "bandwidth",
                "case $CNI_COMMAND$CNI_IFNAME in CHECK*) exit 0 ;; ADDeth1) "
                        + sed("s/ingressRate/other/; s/ingressBurst/another/")
                        + " ;; esac",
                "bandwidth/two-interfaces");
        before(
                "bandwidth",
                "case $CNI_COMMAND in CHECK) exit 0 ;; DEL) ip -br link show type ifb |"
                        + " while read -r name _; do ip link delete \"$name\"; done ;; esac",
                "bandwidth/two-interfaces");
    }

    private static void dhcp() {
        before("dhcp", sed("s/\"name\":\"conformance\"/\"name\":\"other\"/"), "dhcp/client-id");
        before(
                "dhcp",
                sed("s/\"provide\"/\"other\"/; s/\"priority\"/\"other\"/"),
                "dhcp/provide",
                "dhcp/priority");
        after(
                "dhcp",
                "out=$(printf %s \"$out\" | sed 's/198.51.100.0/0.0.0.0/')",
                "dhcp/classless-routes");
        before(
                "dhcp",
                "case $CNI_COMMAND in CHECK|STATUS) exit 0 ;; esac",
                "dhcp/check-no-lease",
                "dhcp/status-no-daemon");
        before(
                "dhcp",
                "[ $CNI_COMMAND != ADD ] || { printf '{\"cniVersion\":\"1.1.0\"}'; exit; }",
                "dhcp/no-daemon");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void damage_isFound(Broken broken) throws Exception {
        Report report =
                play(
                        broken.type(),
                        script(broken.type(), broken.before(), broken.after()),
                        broken.scenarios());
        TreeSet<String> missed = new TreeSet<>(broken.scenarios());
        for (Outcome outcome : report.outcomes()) {
            boolean unplayed =
                    outcome.verdict() instanceof Outcome.Skipped skipped
                            && skipped.reason().startsWith("this kernel has no");
            if (outcome.failed() || unplayed) {
                missed.remove(outcome.scenario().id());
            }
        }
        assertThat(report.outcomes()).hasSizeGreaterThanOrEqualTo(broken.scenarios().size());
        assertThat(missed).as(TextReport.of(report)).isEmpty();
    }

    /** The script alone is no damage. */
    @ParameterizedTest
    @ValueSource(strings = {"ptp", "bridge", "portmap", "firewall", "sbr", "bandwidth", "dhcp"})
    void withoutDamage_theSameScenariosPass(String type) throws Exception {
        List<String> scenarios =
                broken().stream()
                        .filter(row -> row.type().equals(type))
                        .flatMap(row -> row.scenarios().stream())
                        .distinct()
                        .toList();
        Report report = play(type, script(type, "", ""), scenarios);
        assertThat(report.outcomes()).hasSizeGreaterThanOrEqualTo(scenarios.size());
        assertThat(report.conforms()).as(TextReport.of(report)).isTrue();
    }

    private Report play(String type, String script, List<String> scenarios) throws Exception {
        ShellPlugins.install(folder, type, script);
        return Conformance.with(
                        ConformanceOptions.of(folder, "1.1.0")
                                .environment(OurPlugins.options(state).environment())
                                .scenarios(scenarios))
                .run(_ -> {});
    }

    private static String script(String type, String before, String after) throws IOException {
        Path real = OurPlugins.options(state).folder().resolve(type);
        return """
        fail() { printf '{"cniVersion":"1.1.0","code":%%s,"msg":"%%s"}' "$1" "$2"; exit 1; }
        [ -n "$CNI_COMMAND" ] || exec '%1$s' "$@"
        input=$(cat)
        %2$s
        out=$(printf %%s "$input" | '%1$s')
        status=$?
        if [ $status = 0 ]; then :
        %3$s
        fi
        printf %%s "$out"
        exit $status
        """
                .formatted(real, before, after);
    }
}
