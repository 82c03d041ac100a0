package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.BedOfEachTest;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A host of its own with the real programs: the front binary of the build, and agents of the
 * classes under test, each a process. Registered as an extension, it is there, without an agent,
 * before each test, and all agents are gone before the test's namespaces are.
 */
final class AgentBed extends BedOfEachTest {
    private final Supplier<Path> directory;

    @SuppressWarnings("NullAway.Init") // by fill()
    private TestNamespaces namespaces;

    @SuppressWarnings("NullAway.Init") // by fill()
    private BedHost host;

    @SuppressWarnings("NullAway.Init") // by fill()
    private Installation installation;

    @SuppressWarnings("NullAway.Init") // by fill()
    private Agents agents;

    /**
     * One of each test.
     *
     * @param directory is asked before each, and gives one that is empty and short enough for a
     *     socket below it
     */
    AgentBed(Supplier<Path> directory) {
        this.directory = directory;
    }

    /** One of a test that closes it itself. */
    static AgentBed make(TestNamespaces namespaces, Path directory) throws IOException {
        AgentBed bed = new AgentBed(() -> directory);
        bed.fill(namespaces);
        return bed;
    }

    @Override
    protected void fill(TestNamespaces those) throws IOException {
        installation = Installation.make(directory.get());
        namespaces = those;
        host = BedHost.make(namespaces);
        agents = new Agents(host, installation);
    }

    Netns host() {
        return host.netns();
    }

    Netns container() throws IOException {
        return namespaces.create();
    }

    static String path(Netns netns) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + netns.fd().number();
    }

    /** See {@link BedHost#ownRun}. */
    OwnRun ownRun() throws IOException {
        return host.ownRun();
    }

    Installation installation() {
        return installation;
    }

    Path socket() {
        return installation.socket();
    }

    Path cni() {
        return installation.cni();
    }

    int started() throws IOException {
        return installation.started();
    }

    Agents agents() {
        return agents;
    }

    /** Starts an agent and waits until it serves. */
    Process startAgent(String... arguments) throws Exception {
        return agents.start(arguments);
    }

    /** All that agents said. */
    String log() throws IOException {
        return agents.log();
    }

    /** A configuration: the plugin with what is given, and addresses from 10.1.0.0/24. */
    String config(String plugin, String more) {
        return """
        {"cniVersion": "1.1.0", "name": "net", "type": "%s"%s, "ipam": {"type": "host-local",
         "dataDir": "%s", "ranges": [[{"subnet": "10.1.0.0/24"}]]}}
        """
                .formatted(plugin, more.isEmpty() ? "" : ", " + more, installation.addresses());
    }

    /** Bridge with a gateway and nft masquerade. */
    String bridge() {
        return config(
                "bridge",
                "\"bridge\": \"br0\", \"isGateway\": true, \"ipMasq\": true,"
                        + " \"ipMasqBackend\": \"nftables\"");
    }

    /** With the result of its ADD. */
    static String withResult(String config, String result) {
        return with(config, "prevResult", result);
    }

    /** As a runtime that knows of no attachment has GC done. */
    static String withoutAttachments(String config) {
        return with(config, "cni.dev/valid-attachments", "[]");
    }

    private static String with(String config, String key, String value) {
        String text = config.strip();
        return text.substring(0, text.length() - 1) + ", \"" + key + "\": " + value + "}";
    }

    /** Runs a front binary. */
    FrontCall call(String plugin, String command, String id, String netns, String config)
            throws Exception {
        return call(plugin, command, id, netns, config, Map.of());
    }

    FrontCall call(
            String plugin,
            String command,
            String id,
            String netns,
            String config,
            Map<String, String> more)
            throws Exception {
        return FrontCall.of(begin(plugin, command, id, netns, config, more));
    }

    /** Starts a front binary and gives it its input. */
    Process begin(
            String plugin,
            String command,
            String id,
            String netns,
            String config,
            Map<String, String> more)
            throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", id);
        environment.put("CNI_NETNS", netns);
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_PATH", cni().toString());
        environment.putAll(more);
        return begin(plugin, environment, config.getBytes(StandardCharsets.UTF_8));
    }

    /** Starts a front binary with these variables, and gives it its input. */
    Process begin(String plugin, Map<String, String> variables, byte[] input) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(new ArrayList<>(List.of(cni().resolve(plugin).toString())));
        builder.environment().clear();
        builder.environment().putAll(installation.settings());
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().putAll(variables);
        Process process = host.start(builder);
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // It does not read it: VERSION.
        }
        return process;
    }

    FrontCall add(String id, Netns container) throws Exception {
        return call("bridge", "ADD", id, path(container), bridge());
    }

    FrontCall del(String id, Netns container) throws Exception {
        return call("bridge", "DEL", id, path(container), bridge());
    }

    /** What attachments have left. */
    Leftovers leftovers() {
        return new Leftovers(host(), installation);
    }

    void assertNothingIsLeft(Netns... containers) throws Exception {
        leftovers().assertNone(containers);
    }

    List<String> reserved() throws IOException {
        return leftovers().reserved();
    }

    String hostLinks() throws IOException {
        return leftovers().hostLinks();
    }

    void awaitReaper() throws Exception {
        leftovers().awaitReaper();
    }

    /** Kills every agent. */
    @Override
    public void close() {
        agents.kill();
        host.close();
    }
}
