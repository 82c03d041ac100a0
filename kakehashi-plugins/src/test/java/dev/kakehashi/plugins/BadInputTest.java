package dev.kakehashi.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Configurations and parameters with something wrong in them, on a real kernel: the call succeeds
 * or answers with an error object; a failed ADD changes nothing, and DEL removes everything.
 */
@KernelTest
class BadInputTest {

    private static final int RUNS = Integer.getInteger("test.runs", 400);

    private static final List<String> CONFIGS =
            List.of(
                    """
                    {"cniVersion": "1.1.0", "name": "net", "type": "bridge", "bridge": "br0",
                     "isGateway": true, "isDefaultGateway": true, "forceAddress": false,
                     "ipMasq": true, "ipMasqBackend": "nftables", "mtu": 1400, "hairpinMode": true,
                     "promiscMode": false, "vlan": 0, "preserveDefaultVlan": false,
                     "macspoofchk": true, "enabledad": false, "disableContainerInterface": false,
                     "portIsolation": true, "hostInterfaceName": "web",
                     "args": {"cni": {"mac": "02:00:00:00:00:07", "ips": ["10.1.2.7"]}},
                     "runtimeConfig": {"mac": "02:00:00:00:00:08", "ips": ["10.1.2.7"]},
                     "dns": {"nameservers": ["10.1.2.1"], "search": ["x"]},
                     "ipam": {"type": "host-local", "dataDir": "DATA",
                              "ranges": [[{"subnet": "10.1.2.0/24", "rangeStart": "10.1.2.5",
                                           "rangeEnd": "10.1.2.99", "gateway": "10.1.2.1"}],
                                         [{"subnet": "2001:db8::/64"}]],
                              "routes": [{"dst": "10.9.0.0/16", "gw": "10.1.2.1", "mtu": 1300,
                                          "priority": 7, "table": 77, "scope": 0}]}}
                    """,
                    """
                    {"cniVersion": "1.0.0", "name": "net", "type": "ptp", "ipMasq": true,
                     "ipMasqBackend": "nftables", "mtu": 1400,
                     "ipam": {"type": "static",
                              "addresses": [{"address": "10.1.2.9/24", "gateway": "10.1.2.1"},
                                            {"address": "2001:db8::9/64", "gateway": "2001:db8::1"}],
                              "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}],
                              "dns": {"domain": "x"}}}
                    """,
                    """
                    {"cniVersion": "0.4.0", "name": "net", "type": "loopback",
                     "prevResult": {"cniVersion": "0.4.0", "ips": [{"version": "4",
                                    "address": "127.0.0.1/8"}]}}
                    """,
                    """
                    {"cniVersion": "1.0.0", "name": "net", "type": "host-local",
                     "ipam": {"type": "host-local", "dataDir": "DATA", "subnet": "10.1.2.0/28",
                              "routes": [{"dst": "0.0.0.0/0"}], "resolvConf": "DATA/none"}}
                    """);

    @TempDir Path data;

    /** What an attachment leaves on host, in container and on disk; bridges may stay. */
    private Set<String> traces(PluginBed bed, boolean withLo) throws IOException {
        Set<String> traces = new TreeSet<>();
        for (Netns netns : List.of(bed.host(), bed.container())) {
            try (RtNetlink netlink = RtNetlink.open(netns)) {
                for (Link link : netlink.links()) {
                    boolean lo = link.name().equals("lo");
                    if (link.kind().filter(Veth.class::isInstance).isPresent()
                            && link.group() != Ownership.REAP_GROUP
                            && !link.name().startsWith(Ownership.REAP_PREFIX)) {
                        traces.add("link " + link.name());
                    } else if (lo && withLo && netns == bed.container() && link.isUp()) {
                        traces.add("lo is up");
                    }
                }
            }
        }
        try (Stream<Path> paths = Files.walk(data)) {
            paths.filter(Files::isRegularFile)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals("lock") && !name.startsWith("last_reserved"))
                    .forEach(name -> traces.add("file " + name));
        }
        return traces;
    }

    @Test
    void anyInput_isServedOrRefused_andLeavesNothing(TestNamespaces namespaces) throws Exception {
        RandomGenerator random = Seeds.random();
        int succeeded = 0;
        int refused = 0;
        try (PluginBed bed = PluginBed.below(data, namespaces)) {
            for (int run = 0; run < RUNS; run++) {
                String config = DamagedCalls.oneOf(random, CONFIGS).replace("DATA", "/data");
                JsonObject valid = JsonParser.parseObject(config);
                String type = valid.string("type", "");
                byte[] stdin =
                        DamagedCalls.damage(valid, random)
                                .toCompactString()
                                .getBytes(StandardCharsets.UTF_8);
                Map<String, String> variables = DamagedCalls.variables(bed, random);
                String what =
                        type + " " + variables + " " + new String(stdin, StandardCharsets.UTF_8);

                DamagedCalls.Answer added = DamagedCalls.call(bed, type, "ADD", variables, stdin);

                assertThat(added.stderr()).as(what).doesNotContain("\tat dev.kakehashi");
                JsonObject answer = JsonParser.parseObject(added.stdout());
                if (added.status() == 0) {
                    succeeded++;
                } else {
                    refused++;
                    assertThat(answer.integer("code").orElse(0)).as(what + answer).isPositive();
                    assertThat(answer.string("msg", "")).as(what).isNotEmpty();
                    assertThat(traces(bed, true)).as(what + answer).isEmpty();
                }
                DamagedCalls.Answer deleted = DamagedCalls.call(bed, type, "DEL", variables, stdin);
                assertThat(deleted.stderr()).as(what).doesNotContain("\tat dev.kakehashi");
                if (deleted.status() == 0) {
                    assertThat(traces(bed, type.equals("loopback"))).as(what).isEmpty();
                } else {
                    assertThat(added.status()).as(what + deleted.stdout()).isNotZero();
                }
            }
        }
        System.out.println(succeeded + " succeeded, " + refused + " were refused");
        assertThat(succeeded).isGreaterThan(RUNS / 20);
        assertThat(refused).isGreaterThan(RUNS / 20);
    }
}
