package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A host that has neither iptables nor nft, as minimal images are, or no ip6tables: all that is not
 * asked of iptables is done in the kernel's nftables. With the resident agent ("on") and by a run
 * of its own ("off").
 */
@KernelTest
class HostWithoutIptablesTest {
    private static final List<String> BACKENDS = List.of("ipMasqBackend", "backend", "backend");

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    private void begin(String agent, String... hidden) throws Exception {
        bed.ownRun().hide(hidden);
        if (agent.equals("on")) {
            bed.startAgent();
        }
    }

    private FrontCall call(
            String agent, String command, Netns container, String config, String result)
            throws Exception {
        String type = config.split("\"type\": \"", 2)[1].split("\"", 2)[0];
        boolean aboutOne = !List.of("GC", "STATUS").contains(command);
        return bed.call(
                type,
                command,
                aboutOne ? "c1" : "",
                aboutOne ? AgentBed.path(container) : "",
                result.isEmpty() ? config : AgentBed.withResult(config, result),
                Map.of("KAKEHASHI_AGENT", agent));
    }

    /** bridge with ipMasq, portmap and firewall. */
    private List<String> chain(String more) {
        return List.of(
                bed.config(
                        "bridge",
                        "\"bridge\": \"br0\", \"isGateway\": true, \"ipMasq\": true" + more),
                chained(
                        "portmap",
                        ", \"runtimeConfig\": {\"portMappings\": [{\"hostPort\": 8080,"
                                + " \"containerPort\": 80, \"protocol\": \"tcp\"}]}"
                                + more),
                chained("firewall", ", \"ingressPolicy\": \"same-bridge\"" + more));
    }

    private static String chained(String type, String more) {
        return "{\"cniVersion\": \"1.1.0\", \"name\": \"net\", \"type\": \"%s\"%s}"
                .formatted(type, more);
    }

    private String rules() throws Exception {
        return TestNamespaces.run(bed.host(), "nft", "list", "ruleset");
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void whatNoConfigurationAsksOfIptables_isInNftables(String agent) throws Exception {
        begin(agent, "*tables*", "nft");
        Netns container = bed.container();
        List<String> chain = chain("");
        for (String end : List.of("DEL", "GC")) {
            for (String config : chain) {
                call(agent, "STATUS", container, config, "").succeeded();
            }
            FrontCall added = call(agent, "ADD", container, chain.get(0), "").succeeded();
            String result = added.stdout();
            for (String config : chain.subList(1, chain.size())) {
                call(agent, "ADD", container, config, result).succeeded();
            }
            for (String config : chain) {
                call(agent, "CHECK", container, config, result).succeeded();
            }
            String address = added.address().replace(".", "\\.");
            assertThat(rules())
                    .containsPattern("ip saddr " + address + " .*masquerade")
                    .containsPattern("tcp \\. 8080 .* : " + address + " \\. 80")
                    .containsPattern("set cni_admitted4 \\{[^}]*elements = \\{ " + address);

            for (String config : chain.reversed()) {
                if (end.equals("DEL")) {
                    call(agent, end, container, config, result).succeeded();
                } else {
                    call(agent, end, container, AgentBed.withoutAttachments(config), "")
                            .succeeded();
                }
            }
            bed.awaitReaper();
            bed.assertNothingIsLeft(container);
        }
        assertThat(TestNamespaces.run(bed.host(), "iptables-save")).doesNotContain("CNI-");
    }

    @Test
    void ipv4ByIptables_needsNoIp6tables() throws Exception {
        begin("on", "ip6tables*");
        Netns container = bed.container();
        List<String> chain = new ArrayList<>();
        for (int i = 0; i < BACKENDS.size(); i++) {
            chain.add(chain(", \"" + BACKENDS.get(i) + "\": \"iptables\"").get(i));
        }
        String result = call("on", "ADD", container, chain.get(0), "").succeeded().stdout();
        for (String config : chain.subList(1, chain.size())) {
            call("on", "ADD", container, config, result).succeeded();
        }
        for (String config : chain) {
            call("on", "STATUS", container, config, "").succeeded();
            call("on", "CHECK", container, config, result).succeeded();
        }
        assertThat(TestNamespaces.run(bed.host(), "iptables-save"))
                .contains("-j MASQUERADE")
                .contains("--to-destination 10.1.0.2:80")
                .contains("-s 10.1.0.2/32");
        for (String config : chain.reversed()) {
            call("on", "DEL", container, config, result).succeeded();
        }
        bed.awaitReaper();
        bed.assertNothingIsLeft(container);
        for (String config : chain) {
            call("on", "GC", container, AgentBed.withoutAttachments(config), "").succeeded();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void whatAsksForAProgram_isRefused(String agent) throws Exception {
        begin(agent, "*tables*", "nft");
        Netns container = bed.container();
        String result = call(agent, "ADD", container, chain("").get(0), "").succeeded().stdout();
        call(agent, "DEL", container, chain("").get(0), result).succeeded();
        for (int i = 0; i < BACKENDS.size(); i++) {
            String config = chain(", \"" + BACKENDS.get(i) + "\": \"iptables\"").get(i);
            call(agent, "STATUS", container, config, "").failed(50);
            FrontCall added = call(agent, "ADD", container, config, i == 0 ? "" : result);
            assertThat(added.status()).as(config).isNotZero();
            assertThat(added.stdout()).contains("install the package iptables, or use nftables");
            bed.awaitReaper();
            bed.assertNothingIsLeft(container);
            call(agent, "DEL", container, config, i == 0 ? "" : result).succeeded();
        }
        String conditions = chained("portmap", ", \"conditionsV4\": [\"ip\", \"ttl\", \"64\"]");
        assertThat(call(agent, "STATUS", container, conditions, "").failed(50).stdout())
                .contains("nft is not installed");
    }
}
