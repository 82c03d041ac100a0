package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host of its own with the real programs: the front binary of the build, and agents of the
 * classes under test, each a process. Everything they keep is in one directory.
 */
final class AgentBed {
    private static final Path DIST = Path.of(System.getProperty("kakehashi.dist", "dist"));
    private static final Path FRONT = DIST.resolve("cni/bridge");
    private static final List<String> PLUGINS =
            List.of(
                    "bandwidth",
                    "bridge",
                    "dhcp",
                    "dummy",
                    "firewall",
                    "host-device",
                    "host-local",
                    "ipvlan",
                    "loopback",
                    "macvlan",
                    "portmap",
                    "ptp",
                    "sbr",
                    "static",
                    "tap",
                    "tuning",
                    "vlan",
                    "vrf");

    private final TestNamespaces namespaces;
    private final Netns host;
    private final Path directory;
    private final Path home;
    private final Path socket;
    private final List<Process> agents = new ArrayList<>();
    private Optional<OwnRun> ownRun = Optional.empty();

    /** What a front binary left. */
    record Call(int status, String stdout, String stderr) {
        Call succeeded() {
            assertThat(status).as("%s%s", stdout, stderr).isZero();
            return this;
        }

        /** Failed with a CNI error of this code. */
        Call failed(int code) {
            assertThat(status).as(stdout).isNotZero();
            assertThat(stdout).contains("\"code\": " + code + ",");
            return this;
        }

        /** The first address of the result, without its length. */
        String address() {
            int start = stdout.indexOf("\"address\": \"") + 12;
            return stdout.substring(start, stdout.indexOf('/', start));
        }
    }

    private AgentBed(TestNamespaces namespaces, Netns host, Path directory) {
        this.namespaces = namespaces;
        this.host = host;
        this.directory = directory;
        this.home = directory.resolve("home");
        this.socket = directory.resolve("run/agent.sock");
    }

    /**
     * A host without an agent.
     *
     * @param directory short enough for a socket below it
     */
    static AgentBed make(TestNamespaces namespaces, Path directory) throws IOException {
        assumeTrue(
                Files.isExecutable(FRONT), "needs the front binary in " + FRONT + ": make build");
        Netns host = namespaces.create();
        TestNamespaces.run(host, "ip", "link", "set", "lo", "up");
        AgentBed bed = new AgentBed(namespaces, host, directory);
        bed.install();
        return bed;
    }

    /** As an installation: home/cni/TYPE, home/bin/kakehashi-agent. */
    private void install() throws IOException {
        Path cni = Files.createDirectories(home.resolve("cni"));
        Path first = Files.copy(FRONT, cni.resolve(PLUGINS.getFirst()));
        for (String plugin : PLUGINS.subList(1, PLUGINS.size())) {
            Files.createLink(cni.resolve(plugin), first);
        }
        script(
                Files.createDirectories(home.resolve("bin")).resolve("kakehashi-agent"),
                """
                #!/bin/sh
                echo start >>%s
                export CLASSPATH='%s'
                exec %s -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m -Xss256k \\
                    --enable-native-access=ALL-UNNAMED -Dkakehashi.downcall=%s \\
                    ${KAKEHASHI_JAVA_OPTS:-} dev.kakehashi.agent.AgentMain "$@"
                """
                        .formatted(
                                starts(),
                                classPath(),
                                Path.of(System.getProperty("java.home"), "bin/java"),
                                DIST.resolve("lib/libkakehashi-downcall.so").toAbsolutePath()));
    }

    /**
     * Absolute, because an agent on demand works in the root directory. In a variable, because
     * {@link ProcessHandle} knows no arguments of a process whose command line is longer than a
     * page, and {@link #running} looks for agents by them.
     */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Puts a binary of others in the place of a plugin of ours. */
    void replace(String plugin, Path binary) throws IOException {
        Path own = cni().resolve(plugin);
        Files.delete(own);
        Files.copy(binary, own, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private Path starts() {
        return directory.resolve("starts");
    }

    /** How many agents and one-shot runs were started. */
    int started() throws IOException {
        return Files.exists(starts()) ? Files.readAllLines(starts()).size() : 0;
    }

    static void script(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Netns host() {
        return host;
    }

    Path socket() {
        return socket;
    }

    Path cni() {
        return home.resolve("cni");
    }

    Netns container() throws IOException {
        return namespaces.create();
    }

    /** Starts an agent and waits until it serves. */
    Process startAgent(String... arguments) throws Exception {
        Process agent = launchAgent(arguments);
        awaitServed(agent);
        return agent;
    }

    /** Waits until an agent that was started listens at the socket. */
    void awaitServed(Process agent) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!AttachClient.isServed(socket)) {
            assertThat(agent.isAlive()).as(log()).isTrue();
            assertThat(System.nanoTime()).as("the agent's start").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    /** Waits until an agent has said something. */
    void awaitLog(String words) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!log().contains(words)) {
            assertThat(System.nanoTime()).as("%s\n%s", words, log()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** The agent that was started last, by us. */
    Process lastStarted() {
        return agents.getLast();
    }

    /** Starts an agent. */
    Process launchAgent(String... arguments) throws IOException {
        List<String> command = command(home + "/bin/kakehashi-agent");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(settings());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        Process agent = host.<Process, IOException>call(builder::start);
        agents.add(agent);
        return agent;
    }

    /**
     * From now on agents and front binaries have an empty {@code /run} to themselves, in a mount
     * namespace of their own.
     */
    OwnRun ownRun() throws IOException {
        if (ownRun.isEmpty()) {
            ownRun = Optional.of(OwnRun.make());
        }
        return ownRun.get();
    }

    private List<String> command(String program) {
        List<String> command = new ArrayList<>();
        ownRun.ifPresent(run -> command.addAll(run.entering()));
        command.add(program);
        return command;
    }

    private Path logFile() {
        return directory.resolve("agent.log");
    }

    /** All that agents said. */
    String log() throws IOException {
        return Files.exists(logFile()) ? Files.readString(logFile()) : "";
    }

    private Map<String, String> settings() {
        return Map.of(
                "KAKEHASHI_SOCKET", socket.toString(),
                "KAKEHASHI_STATE", directory.resolve("state").toString(),
                "KAKEHASHI_HOME", home.toString(),
                "KAKEHASHI_LOG", logFile().toString(),
                "KAKEHASHI_IDLE", "60",
                "KAKEHASHI_TIMEOUT", "90");
    }

    /** A configuration: the plugin with what is given, and addresses from 10.1.0.0/24. */
    String config(String plugin, String more) {
        return """
        {"cniVersion": "1.1.0", "name": "net", "type": "%s"%s, "ipam": {"type": "host-local",
         "dataDir": "%s", "ranges": [[{"subnet": "10.1.0.0/24"}]]}}
        """
                .formatted(plugin, more.isEmpty() ? "" : ", " + more, addresses());
    }

    private Path addresses() {
        return directory.resolve("addresses");
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
        String text = config.strip();
        return text.substring(0, text.length() - 1) + ", \"prevResult\": " + result + "}";
    }

    static String path(Netns netns) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + netns.fd().number();
    }

    /** Runs a front binary. */
    Call call(String plugin, String command, String id, String netns, String config)
            throws Exception {
        return call(plugin, command, id, netns, config, Map.of());
    }

    Call call(
            String plugin,
            String command,
            String id,
            String netns,
            String config,
            Map<String, String> more)
            throws Exception {
        return finish(begin(plugin, command, id, netns, config, more));
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
        ProcessBuilder builder = new ProcessBuilder(command(cni().resolve(plugin).toString()));
        builder.environment().clear();
        builder.environment().putAll(settings());
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().putAll(variables);
        Process process = host.<Process, IOException>call(builder::start);
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // It does not read it: VERSION.
        }
        return process;
    }

    static Call finish(Process process) throws Exception {
        String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String stderr = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("the front binary ended").isTrue();
        return new Call(process.exitValue(), stdout, stderr);
    }

    Call add(String id, Netns container) throws Exception {
        return call("bridge", "ADD", id, path(container), bridge());
    }

    Call del(String id, Netns container) throws Exception {
        return call("bridge", "DEL", id, path(container), bridge());
    }

    /** The names of files that reserve addresses. */
    List<String> reserved() throws IOException {
        Path network = addresses().resolve("net");
        if (!Files.isDirectory(network)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(network)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> n.startsWith("10."))
                    .sorted()
                    .toList();
        }
    }

    /** The host ends of veth pairs, also those that are on their way out. */
    String hostLinks() throws IOException {
        return TestNamespaces.run(host, "ip", "-o", "link", "show", "type", "veth");
    }

    /** Links that were removed are not gone at once. */
    void awaitReaper() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (TestNamespaces.run(host, "ip", "-o", "link").contains(": kkx")
                && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
    }

    /**
     * That nothing of any attachment is left: links, addresses, rules, journal entries. What is
     * done behind an answer gets a moment.
     */
    void assertNothingIsLeft(Netns... containers) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!(hostLinks().isEmpty() && unfinished().isEmpty()) && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(hostLinks()).as("host ends").isEmpty();
        for (Netns container : containers) {
            assertThat(TestNamespaces.run(container, "ip", "-o", "link"))
                    .as("links of the container")
                    .doesNotContain("eth0");
        }
        assertThat(reserved()).as("reserved addresses").isEmpty();
        assertThat(TestNamespaces.run(host, "nft", "list", "ruleset"))
                .as("nft rules")
                .doesNotContain("10.1.0.");
        assertThat(unfinished()).as("journal entries").isEmpty();
    }

    /** The slots of the journal that are not empty. */
    List<Path> unfinished() throws IOException {
        Path journal = directory.resolve("state/attach/journal");
        if (!Files.isDirectory(journal)) {
            return List.of();
        }
        List<Path> slots = new ArrayList<>();
        try (Stream<Path> files = Files.list(journal)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                byte[] bytes = Files.readAllBytes(file);
                if (bytes.length > 0 && bytes[0] != JournalRecord.EMPTY) {
                    slots.add(file);
                }
            }
        }
        return slots;
    }

    /** The agents of this installation that front binaries started and that run. */
    List<ProcessHandle> running() {
        return ProcessHandle.allProcesses()
                .filter(p -> p.info().arguments().map(this::isOurs).orElse(false))
                .toList();
    }

    private boolean isOurs(String[] arguments) {
        return List.of(arguments).contains("dev.kakehashi.agent.AgentMain")
                && List.of(arguments).contains(socket.toString());
    }

    /** Kills every agent. */
    void close() {
        killAgents();
        ownRun.ifPresent(OwnRun::close);
        ownRun = Optional.empty();
    }

    /** Kills every agent, whoever started it. */
    void killAgents() {
        Stream.concat(running().stream(), agents.stream().map(Process::toHandle))
                .forEach(AgentBed::kill);
        agents.clear();
    }

    private static void kill(ProcessHandle agent) {
        agent.destroyForcibly();
        assertThat(agent.onExit())
                .as("the end of process %s by SIGKILL", agent.pid())
                .succeedsWithin(Duration.ofSeconds(30));
    }
}
