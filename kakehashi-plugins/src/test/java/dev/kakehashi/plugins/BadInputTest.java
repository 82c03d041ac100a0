package dev.kakehashi.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;
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

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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

    private static final List<String> WRONG =
            List.of(
                    "null",
                    "true",
                    "false",
                    "0",
                    "-1",
                    "1",
                    "4095",
                    "70000",
                    "99999999999",
                    "1.5",
                    "1e400",
                    "\"\"",
                    "\" \"",
                    "\"x\"",
                    "\"..\"",
                    "\"../../x\"",
                    "\"a/b\"",
                    "\"10.1.2.3\"",
                    "\"10.1.2.3/33\"",
                    "\"10.1.2.0/31\"",
                    "\"2001:db8::1/129\"",
                    "\"224.0.0.1/24\"",
                    "\"0.0.0.0/0\"",
                    "\"0.0.0.0\"",
                    "\"::ffff:10.1.2.3\"",
                    "\"ff:ff:ff:ff:ff:ff\"",
                    "\"iptables\"",
                    "\"nftables\"",
                    "\"static\"",
                    "\"no-such-plugin\"",
                    "\"sixteencharsname\"",
                    "\"lo\"",
                    "\"br0\"",
                    "\"all\"",
                    "\"default\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"%s%n\"",
                    "\"0.4.0\"",
                    "\"1.2.0\"",
                    "[]",
                    "{}",
                    "[[]]",
                    "[{}]",
                    "[null]",
                    "{\"a\": [1]}");

    private static final Map<String, List<String>> VARIABLES =
            Map.of(
                    "CNI_CONTAINERID", List.of("", "../x", "a b", "x".repeat(300), ".", "-"),
                    "CNI_IFNAME",
                            List.of(
                                    "",
                                    "..",
                                    "a/b",
                                    "sixteencharsname",
                                    "lo",
                                    "eth 0",
                                    "a:b",
                                    "eth%d"),
                    "CNI_NETNS", List.of("", "/gone", "/etc/passwd", "relative", "/proc/self", "/"),
                    "CNI_ARGS",
                            List.of(
                                    "x",
                                    "=",
                                    "IP=",
                                    "MAC=zz",
                                    "IP=1;IP=2",
                                    "A=b",
                                    "IgnoreUnknown=x"),
                    "CNI_PATH", List.of("", ":", "/gone", "relative"));

    @TempDir Path data;

    private static <T> T oneOf(RandomGenerator random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** The value with one thing in it replaced, left out or doubled. */
    private static JsonValue damage(JsonValue value, RandomGenerator random) throws JsonException {
        boolean here = random.nextInt(5) == 0;
        if (!here && value instanceof JsonObject object && !object.isEmpty()) {
            List<JsonMember> members = new ArrayList<>(object.members());
            int at = random.nextInt(members.size());
            JsonMember member = members.get(at);
            switch (random.nextInt(8)) {
                case 0 -> members.remove(at);
                case 1 -> members.add(member);
                default ->
                        members.set(
                                at, new JsonMember(member.name(), damage(member.value(), random)));
            }
            return new JsonObject(members);
        }
        if (!here && value instanceof JsonArray array && !array.values().isEmpty()) {
            List<JsonValue> values = new ArrayList<>(array.values());
            int at = random.nextInt(values.size());
            values.set(at, damage(values.get(at), random));
            return new JsonArray(values);
        }
        return JsonParser.parse(oneOf(random, WRONG));
    }

    private record Answer(int status, String stdout, String stderr) {}

    private static Answer call(
            PluginBed bed,
            String type,
            String command,
            Map<String, String> variables,
            byte[] stdin) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("CNI_COMMAND", command);
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        int status =
                PluginDispatcher.of(_ -> false, bed.delegator())
                        .dispatch(
                                bed.plugin(type),
                                new PluginCall(
                                        environment,
                                        new ByteArrayInputStream(stdin),
                                        stdout,
                                        new PrintStream(stderr, true, StandardCharsets.UTF_8)));
        return new Answer(
                status,
                stdout.toString(StandardCharsets.UTF_8),
                stderr.toString(StandardCharsets.UTF_8));
    }

    /** What an attachment leaves on host, in container and on disk; bridges may stay. */
    private Set<String> traces(PluginBed bed, boolean withLo) throws IOException {
        Set<String> traces = new TreeSet<>();
        for (Netns netns : List.of(bed.host(), bed.container())) {
            try (RtNetlink netlink = RtNetlink.open(netns)) {
                for (Link link : netlink.links()) {
                    boolean lo = link.name().equals("lo");
                    if (link.kind().filter(Veth.class::isInstance).isPresent()
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
                String config = oneOf(random, CONFIGS).replace("DATA", "/data");
                JsonObject valid = JsonParser.parseObject(config);
                String type = valid.string("type", "");
                byte[] stdin =
                        damage(valid, random).toCompactString().getBytes(StandardCharsets.UTF_8);
                Map<String, String> variables = new HashMap<>();
                variables.put("CNI_CONTAINERID", "container");
                variables.put("CNI_IFNAME", "eth0");
                variables.put("CNI_NETNS", PluginBed.path(bed.container()));
                variables.put("CNI_PATH", "/nowhere");
                if (random.nextInt(4) == 0) {
                    String name = oneOf(random, VARIABLES.keySet().stream().sorted().toList());
                    variables.put(name, oneOf(random, VARIABLES.getOrDefault(name, List.of())));
                }
                String what =
                        type + " " + variables + " " + new String(stdin, StandardCharsets.UTF_8);

                Answer added = call(bed, type, "ADD", variables, stdin);

                assertThat(added.stderr).as(what).doesNotContain("\tat dev.kakehashi");
                JsonObject answer = JsonParser.parseObject(added.stdout);
                if (added.status == 0) {
                    succeeded++;
                } else {
                    refused++;
                    assertThat(answer.integer("code").orElse(0)).as(what + answer).isPositive();
                    assertThat(answer.string("msg", "")).as(what).isNotEmpty();
                    assertThat(traces(bed, true)).as(what + answer).isEmpty();
                }
                Answer deleted = call(bed, type, "DEL", variables, stdin);
                assertThat(deleted.stderr).as(what).doesNotContain("\tat dev.kakehashi");
                if (deleted.status == 0) {
                    assertThat(traces(bed, type.equals("loopback"))).as(what).isEmpty();
                } else {
                    assertThat(added.status).as(what + deleted.stdout).isNotZero();
                }
            }
        }
        System.out.println(succeeded + " succeeded, " + refused + " were refused");
        assertThat(succeeded).isGreaterThan(RUNS / 20);
        assertThat(refused).isGreaterThan(RUNS / 20);
    }
}
