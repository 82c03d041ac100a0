package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.plugins.ReferencePlugin;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Chained plugins behind the reference's {@code ptp}: the reference's and ours do the same, field
 * by field, and delete what the other has made.
 */
@Tag("peers")
@KernelTest
class ChainedPeersTest {

    private static final Path REFERENCE =
            Path.of(System.getProperty("kakehashi.peers", ""), "reference");

    private static final String MAIN =
            "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'ptp', 'ipam': {'type': 'static',"
                    + " 'addresses': [{'address': '10.1.2.2/24', 'gateway': '10.1.2.1'}, {'address':"
                    + " '2001:db8:42::2/64', 'gateway': '2001:db8:42::1'}], 'routes': [{'dst':"
                    + " '0.0.0.0/0'}, {'dst': '::/0'}]}}";

    /** What ours do otherwise on purpose. */
    private static final List<Pattern> DIFFERENCES =
            List.of(
                    // Marks of ours.
                    Pattern.compile(".*(route|rule) .*· (protocol|proto)"),
                    Pattern.compile(".*· ifalias"),
                    // The reference copies routes of the other family, and those to link-local
                    // addresses, which it takes from the main table.
                    Pattern.compile("ADD container route .* table 10[01]"),
                    // Link-local addresses come when the kernel has them.
                    Pattern.compile(".*fe80.*"),
                    // Codes and details of errors.
                    Pattern.compile(".*error · (code|details|cniVersion)"));

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    private record Answer(int status, String stdout) {}

    private Answer call(
            PluginBed bed, boolean ours, String type, CniCommand command, JsonObject config)
            throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("CNI_COMMAND", command.name());
        environment.put("CNI_PATH", REFERENCE.toString());
        environment.put("CNI_CONTAINERID", "container-1");
        environment.put("CNI_NETNS", netns(bed));
        environment.put("CNI_IFNAME", "eth0");
        byte[] stdin = config.toCompactString().getBytes(StandardCharsets.UTF_8);
        if (ours) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int status =
                    PluginDispatcher.of(_ -> false, bed.delegator())
                            .dispatch(
                                    bed.plugin(type),
                                    new PluginCall(
                                            environment,
                                            new ByteArrayInputStream(stdin),
                                            out,
                                            new PrintStream(log, true, StandardCharsets.UTF_8)));
            return new Answer(status, out.toString(StandardCharsets.UTF_8));
        }
        ProcessBuilder builder =
                new ProcessBuilder(REFERENCE.resolve(type).toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process process = bed.host().<Process, IOException>call(builder::start);
        ReferencePlugin.give(process, stdin);
        String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.onExit().join().exitValue(), stdout);
    }

    private static String netns(PluginBed bed) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + bed.container().fd().number();
    }

    private static JsonObject json(String text) throws JsonException {
        return JsonParser.parseObject(text.replace('\'', '"'));
    }

    private JsonObject attach(PluginBed bed) throws Exception {
        Answer answer = call(bed, false, "ptp", CniCommand.ADD, json(MAIN));
        assertThat(answer.status).as(answer.stdout).isZero();
        return JsonParser.parseObject(answer.stdout);
    }

    private static JsonObject config(String type, String keys, Path data) throws JsonException {
        return json(
                "{'cniVersion': '1.1.0', 'name': 'net', 'type': '%s'%s}"
                        .formatted(type, keys.isEmpty() ? "" : ", " + keys)
                        .replace("DATA", data.toString()));
    }

    private Facts play(PluginBed bed, boolean ours, String type, JsonObject config)
            throws Exception {
        Facts facts = new Facts();
        Names names = new Names(config.toString()).with(netns(bed), "<netns>");
        JsonObject chained = config.with("prevResult", attach(bed));
        names.learn(bed.host(), bed.container());
        Answer added = call(bed, ours, type, CniCommand.ADD, chained);
        facts.put("ADD", "status", added.status);
        names.learn(bed.host(), bed.container());
        facts.put(
                added.status == 0 ? "ADD result" : "ADD error",
                "",
                JsonParser.parse(names.replaceIn(added.stdout)));
        collect(bed, names, facts, "ADD");
        if (added.status == 0) {
            JsonObject after = config.with("prevResult", JsonParser.parse(added.stdout));
            facts.put("CHECK", "status", call(bed, ours, type, CniCommand.CHECK, after).status);
            facts.put("DEL", "status", call(bed, ours, type, CniCommand.DEL, after).status);
            collect(bed, names, facts, "DEL");
        }
        return facts;
    }

    private static void collect(PluginBed bed, Names names, Facts facts, String when)
            throws Exception {
        KernelFacts.collect(bed.host(), names, facts, when + " host");
        KernelFacts.collect(bed.container(), names, facts, when + " container");
        facts.put(when + " host tc", "qdiscs", (Object) names.replaceIn(qdiscs(bed.host())));
        for (String family : List.of("-4", "-6")) {
            facts.put(
                    when + " container rules " + family,
                    "rules",
                    (Object) bed.inContainer("ip", family, "rule").replace(" proto 75", ""));
        }
        facts.put(
                when + " container switches",
                "somaxconn",
                (Object) bed.inContainer("sysctl", "-n", "net.core.somaxconn"));
    }

    /**
     * What disciplines and filters do, without the reference's second action, which never comes to
     * its turn, and without the burst, which the two round otherwise: that ours CHECK what the
     * reference has made compares it.
     */
    private static String qdiscs(Netns host) throws IOException {
        TreeSet<String> lines = new TreeSet<>();
        TestNamespaces.run(host, "tc", "qdisc")
                .lines()
                .filter(line -> !line.contains("noqueue"))
                .forEach(line -> lines.add(line.replaceAll("(refcnt|burst) \\S+ ", "").strip()));
        List<String> links =
                TestNamespaces.run(host, "ip", "-o", "link")
                        .lines()
                        .map(line -> line.replaceAll("^\\d+: ([^:@]+).*", "$1"))
                        .filter(name -> name.startsWith("veth"))
                        .toList();
        for (String link : links) {
            TestNamespaces.run(host, "tc", "filter", "show", "dev", link, "ingress")
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("match") || line.endsWith("stolen"))
                    .forEach(lines::add);
        }
        return String.join("\n", lines);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tuning | 'dataDir': 'DATA'",
                "tuning | 'dataDir': 'DATA', 'mtu': 1400, 'promisc': true, 'txQLen': 77, 'allmulti':"
                        + " true, 'mac': 'c2:11:22:33:44:55'",
                "tuning | 'dataDir': 'DATA', 'sysctl': {'net.core.somaxconn': '321',"
                        + " 'net.ipv4.conf.IFNAME.arp_notify': '1'}",
                "tuning | 'dataDir': 'DATA', 'sysctl': {'kernel.hostname': 'x'}",
                "tuning | 'dataDir': 'DATA', 'mtu': 1300, 'args': {'cni': {'mtu': 1350}}",
                "bandwidth | 'x': 1",
                "bandwidth | 'ingressRate': 8000000, 'ingressBurst': 800000",
                "bandwidth | 'egressRate': 8000000, 'egressBurst': 800000",
                "bandwidth | 'ingressRate': 120000000, 'ingressBurst': 960000, 'egressRate': 12345,"
                        + " 'egressBurst': 99999",
                "bandwidth | 'runtimeConfig': {'bandwidth': {'ingressRate': 8000, 'ingressBurst':"
                        + " 80000}}",
                "bandwidth | 'ingressRate': 8000",
                "bandwidth | 'ingressRate': 8000, 'ingressBurst': 34359738360",
                "sbr | 'x': 1",
                "sbr | 'table': 333"
            })
    void bothDoTheSame(String type, String keys, TestNamespaces namespaces, @TempDir Path data)
            throws Exception {
        assumeThat(REFERENCE.resolve(type)).isExecutable();
        JsonObject config = config(type, keys, data);
        Facts theirs;
        Facts ours;
        try (PluginBed bed = PluginBed.create(namespaces)) {
            theirs = play(bed, false, type, config);
        }
        try (PluginBed bed = PluginBed.create(namespaces)) {
            ours = play(bed, true, type, config);
        }
        assertThat(theirs.compare(ours))
                .filteredOn(unequal ->
                        DIFFERENCES.stream().noneMatch(d -> d.matcher(unequal.path()).matches()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tuning | 'dataDir': 'DATA', 'mtu': 1400, 'promisc': true, 'mac': 'c2:11:22:33:44:55'",
                "bandwidth | 'ingressRate': 8000000, 'ingressBurst': 800000, 'egressRate': 8000000,"
                        + " 'egressBurst': 800000",
                "sbr | 'x': 1",
                "sbr | 'table': 333"
            })
    void whatTheReferenceMakes_oursCheckAndDelete(
            String type, String keys, TestNamespaces namespaces, @TempDir Path data)
            throws Exception {
        assumeThat(REFERENCE.resolve(type)).isExecutable();
        JsonObject config = config(type, keys, data);
        try (PluginBed bed = PluginBed.create(namespaces)) {
            JsonObject previous = attach(bed);
            String link = bed.inContainer("ip", "link", "show", "eth0");
            String rules = bed.inContainer("ip", "rule") + bed.inContainer("ip", "-6", "rule");
            Answer added =
                    call(bed, false, type, CniCommand.ADD, config.with("prevResult", previous));
            assertThat(added.status).as(added.stdout).isZero();
            JsonObject after = config.with("prevResult", JsonParser.parse(added.stdout));

            Answer checked = call(bed, true, type, CniCommand.CHECK, after);
            assertThat(checked.status).as(checked.stdout).isZero();
            Answer deleted = call(bed, true, type, CniCommand.DEL, after);
            assertThat(deleted.status).as(deleted.stdout).isZero();

            assertThat(bed.inContainer("ip", "link", "show", "eth0")).isEqualTo(link);
            assertThat(bed.inContainer("ip", "rule") + bed.inContainer("ip", "-6", "rule"))
                    .isEqualTo(rules);
            assertThat(bed.linksOnHost()).doesNotContain("bwp");
            assertThat(data).isEmptyDirectory();
        }
    }
}
