package dev.kakehashi.plugins.peers;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.plugins.ReferencePlugin;
import dev.kakehashi.testing.TestNamespaces;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One side of a comparison: a host, a container, and plugins of one maker. */
final class Side implements AutoCloseable {

    /** How a call ended. */
    private record Answer(int status, String stdout) {}

    private final PluginBed bed;
    private final Optional<Path> binaries;
    private final Path data;
    private final Scenario scenario;
    private final String netns;
    private final Names names;
    private final Facts facts = new Facts();
    private Optional<JsonObject> made = Optional.empty();

    private Side(PluginBed bed, Optional<Path> binaries, Path data, Scenario scenario) {
        this.bed = bed;
        this.binaries = binaries;
        this.data = data;
        this.scenario = scenario;
        this.netns =
                "/proc/" + ProcessHandle.current().pid() + "/fd/" + bed.container().fd().number();
        this.names =
                new Names(scenario.config() + scenario.environment())
                        .with(netns, "<netns>")
                        .with(data.toString(), "DATA")
                        .with(path(binaries), "<path>");
        FilterScenarios.chains().forEach(names::with);
    }

    private static String path(Optional<Path> binaries) {
        return binaries.map(Path::toString).orElse("/nowhere");
    }

    /**
     * A side.
     *
     * @param binaries the folder with its plugins; empty for ours, in this process
     */
    static Side create(
            TestNamespaces namespaces, Optional<Path> binaries, Path data, Scenario scenario)
            throws IOException {
        return new Side(PluginBed.create(namespaces), binaries, data, scenario);
    }

    /** A side whose calls go to the one or to the other, see {@link #theirs} and {@link #ours}. */
    static Side ofBoth(TestNamespaces namespaces, Path binaries, Path data, Scenario scenario)
            throws IOException {
        return create(namespaces, Optional.of(binaries), data, scenario);
    }

    Optional<Path> theirs() {
        return binaries;
    }

    Optional<Path> ours() {
        return Optional.empty();
    }

    /** A call that must succeed; the result of ADD is the previous one of the next calls. */
    void require(Optional<Path> maker, CniCommand command) throws IOException, JsonException {
        Answer answer = call(maker, command, made);
        if (answer.status != 0) {
            throw new AssertionError(command + " by " + maker + ": " + answer.stdout);
        }
        if (command == CniCommand.ADD) {
            made = Optional.of(JsonParser.parseObject(answer.stdout));
        }
    }

    /** What ip shows of the links of host and container. */
    String links() throws IOException {
        return bed.onHost("ip", "-o", "link", "show", "group", "default")
                + bed.inContainer("ip", "-o", "link");
    }

    /** All rules of the host. */
    String rules() throws IOException {
        return bed.onHost("nft", "list", "ruleset")
                + bed.onHost("iptables-save")
                + bed.onHost("ip6tables-save");
    }

    /** What there is before the first call. */
    void prepare() throws IOException {
        for (String command : scenario.preparation()) {
            TestNamespaces.run(bed.host(), command.split(" ", -1));
        }
    }

    /** Plays the scenario. */
    Facts play() throws IOException, JsonException {
        prepare();
        Optional<JsonObject> none = Optional.empty();
        CniVersion version = scenario.version();
        if (version.atLeast(CniVersion.V1_1_0)) {
            note("STATUS", call(CniCommand.STATUS, none), false);
        }
        Answer added = call(CniCommand.ADD, none);
        Optional<JsonObject> result =
                added.status == 0 ? Optional.of(JsonParser.parseObject(added.stdout)) : none;
        names.learn(bed.host(), bed.container());
        note("ADD", added, true);
        kernel("ADD");
        Optional<JsonObject> previous = version.atLeast(CniVersion.V0_4_0) ? result : none;
        if (version.atLeast(CniVersion.V0_4_0)) {
            note("CHECK", call(CniCommand.CHECK, previous), false);
        }
        note("second ADD", call(CniCommand.ADD, none), true);
        note("DEL", call(CniCommand.DEL, previous), true);
        note("second DEL", call(CniCommand.DEL, previous), true);
        kernel("DEL");
        facts.put("DEL", "files", (Object) files());
        return facts;
    }

    private Answer call(CniCommand command, Optional<JsonObject> previous)
            throws IOException, JsonException {
        return call(binaries, command, previous);
    }

    private Answer call(Optional<Path> maker, CniCommand command, Optional<JsonObject> previous)
            throws IOException, JsonException {
        JsonObject config =
                JsonParser.parseObject(
                        scenario.config().replace('\'', '"').replace("DATA", data.toString()));
        if (previous.isPresent()) {
            config = config.with("prevResult", previous.get());
        }
        byte[] stdin = config.toCompactString().getBytes(StandardCharsets.UTF_8);
        Map<String, String> environment = new HashMap<>();
        environment.put("CNI_COMMAND", command.name());
        environment.put("CNI_PATH", path(binaries));
        if (command != CniCommand.STATUS) {
            environment.put("CNI_CONTAINERID", "container-1");
            environment.put("CNI_NETNS", netns);
            environment.put("CNI_IFNAME", "eth0");
        }
        environment.putAll(scenario.environment());
        return maker.isPresent()
                ? execute(maker.get().resolve(scenario.type()), environment, stdin)
                : dispatch(environment, stdin);
    }

    private Answer dispatch(Map<String, String> environment, byte[] stdin) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status =
                PluginDispatcher.of(_ -> false, bed.delegator())
                        .dispatch(
                                bed.plugin(scenario.type()),
                                new PluginCall(
                                        environment,
                                        new ByteArrayInputStream(stdin),
                                        out,
                                        new PrintStream(System.err, true, StandardCharsets.UTF_8)));
        return new Answer(status, out.toString(StandardCharsets.UTF_8));
    }

    private Answer execute(Path binary, Map<String, String> environment, byte[] stdin)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(binary.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process process = bed.host().<Process, IOException>call(builder::start);
        ReferencePlugin.give(process, stdin);
        String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return new Answer(process.waitFor(), stdout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + binary, e);
        }
    }

    /** How a call ended; of a failure code and text, or whether it is one where texts differ. */
    private void note(String call, Answer answer, boolean wholly) throws JsonException {
        facts.put(call, "status", answer.status == 0 ? "success" : "error");
        if (answer.stdout.isEmpty() || !wholly) {
            return;
        }
        facts.put(
                call + (answer.status == 0 ? " result" : " error"),
                "",
                JsonParser.parse(names.replaceIn(answer.stdout)));
    }

    private void kernel(String call) throws IOException, JsonException {
        KernelFacts.collect(bed.host(), names, facts, call + " host");
        KernelFacts.collect(bed.container(), names, facts, call + " container");
    }

    /** The files of address management. */
    String files() throws IOException {
        TreeSet<String> files = new TreeSet<>();
        try (Stream<Path> paths = Files.walk(data)) {
            paths.filter(Files::isRegularFile)
                    .forEach(p -> files.add(data.relativize(p).toString()));
        }
        return String.join(" ", files);
    }

    @Override
    public void close() {
        bed.close();
    }
}
