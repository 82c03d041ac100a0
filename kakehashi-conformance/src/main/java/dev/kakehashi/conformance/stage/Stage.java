package dev.kakehashi.conformance.stage;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.ProcessPluginExec;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Where one scenario plays: a node and its containers, all fresh namespaces, and the plugin under
 * test, called as a runtime on the node calls it. Ends with all that it has made.
 */
public final class Stage implements AutoCloseable {
    /** CNI_IFNAME where a scenario wants no other. */
    public static final String IF_NAME = "eth0";

    /** The network's name. */
    public static final String NETWORK = "conformance";

    private static final String FOLDER = "cni-conformance-";

    private final Target target;
    private final Path work;
    private final ScriptedIpam ipam;
    private final Place node;
    private final Map<String, Pod> pods = new LinkedHashMap<>();
    private final List<Netns> others = new ArrayList<>();
    private final List<Closeable> servers = new ArrayList<>();
    private final Map<String, JsonObject> results = new ConcurrentHashMap<>();
    private volatile Optional<Request> lastRequest = Optional.empty();
    private JsonObject config = JsonObject.EMPTY;

    private Stage(Target target, Path work, ScriptedIpam ipam, Place node) {
        this.target = target;
        this.work = work;
        this.ipam = ipam;
        this.node = node;
    }

    /** Prepares a stage for a plugin. */
    public static Stage open(Target target) throws Exception {
        Path work = Files.createTempDirectory(FOLDER);
        ScriptedIpam ipam = ScriptedIpam.install(work.resolve("bin"), work.resolve("ipam"));
        Stage stage = new Stage(target, work, ipam, new Place("the node", Netns.create()));
        try {
            stage.node.change("lo", LinkSpec.builder().up(true).build());
            stage.config = stage.parse(target.profile().config());
            target.profile().preparation().prepare(stage);
            return stage;
        } catch (Exception e) {
            stage.close();
            throw e;
        }
    }

    /** A configuration's text with its placeholders filled in. */
    public JsonObject parse(String text) throws JsonException {
        return parse(text, work);
    }

    /** A configuration's text with its placeholders filled in, for this folder. */
    public static JsonObject parse(String text, Path work) throws JsonException {
        return JsonParser.parseObject(
                text.replace("{work}", work.toString())
                        .replace("{ipam}", "{\"type\": \"" + ScriptedIpam.TYPE + "\"}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** Has further calls use another configuration. */
    public Stage use(String configText) throws JsonException {
        config = parse(configText);
        return this;
    }

    /** Has the scripted address plugin give these to a container: no gateway, no routes. */
    public Stage give(Pod pod, String... addresses) throws IOException, CniException {
        List<CniIp> ips = new ArrayList<>();
        for (String address : addresses) {
            ips.add(CniIp.of(Cidr.parse(address).orElseThrow()));
        }
        return give(pod, CniResult.EMPTY.withIps(ips));
    }

    /** Has the scripted address plugin give this to a container. */
    public Stage give(Pod pod, CniResult result) throws IOException, CniException {
        ipam.give(pod.id(), target.version(), result);
        return this;
    }

    /** Has the scripted address plugin give the result of this text to a container. */
    public Stage giveResult(Pod pod, String text) throws IOException, CniException {
        return give(
                pod, ResultCodec.decode(parse(text).with("cniVersion", new JsonString("1.1.0"))));
    }

    /** The one link of the node among the interfaces of a result that is an end of a pair. */
    public String hostEnd(CniResult result) throws IOException, Mismatch {
        for (CniInterface link : result.interfaces()) {
            if (link.sandbox().isEmpty() && node.view().has("link " + link.name() + " kind veth")) {
                return link.name();
            }
        }
        throw Mismatch.of(
                "an end of a veth pair on the node, in the result",
                String.valueOf(result.interfaces()));
    }

    /**
     * A machine beside the node, 192.0.2.2 and 2001:db8:ff::2, which the node reaches as 192.0.2.1
     * and 2001:db8:ff::1; it knows no way to the containers.
     */
    public Place outside() throws IOException, Mismatch {
        Place outside = machine("a machine beside the node");
        node.join("toward", outside, "up0");
        node.address("toward", "192.0.2.1/24");
        node.address("toward", "2001:db8:ff::1/64");
        outside.address("up0", "192.0.2.2/24");
        outside.address("up0", "2001:db8:ff::2/64");
        return outside;
    }

    /** Has every address of a place answer TCP, until the scenario ends. */
    public void serveTcp(Place place, int port) throws IOException {
        servers.add(Traffic.tcp(place, port));
    }

    /** Has every address of a place answer UDP, until the scenario ends. */
    public void serveUdp(Place place, int port) throws IOException {
        servers.add(Traffic.udp(place, port));
    }

    /**
     * Has a program run in a place until the scenario ends.
     *
     * @param ready the file that it makes when it can be asked
     * @return false when it ended by itself without that
     */
    public boolean run(Place place, Path ready, String... command)
            throws IOException, InterruptedException, Mismatch {
        Path log = work.resolve("log." + servers.size());
        Daemon daemon = Daemon.start(place, log, environment(), List.of(command));
        servers.add(daemon);
        return daemon.makes(ready);
    }

    /** The plugin under test. */
    public Target target() {
        return target;
    }

    /** A folder of the scenario's own. */
    public Path work() {
        return work;
    }

    /** The address plugin that is a script. */
    public ScriptedIpam ipam() {
        return ipam;
    }

    /** The namespace the runtime and the plugin run in. */
    public Place node() {
        return node;
    }

    /** A further namespace: a machine beside the node. */
    public Place machine(String name) throws IOException {
        Netns netns = Netns.create();
        others.add(netns);
        Place place = new Place(name, netns);
        place.change("lo", LinkSpec.builder().up(true).build());
        return place;
    }

    /** The first container. */
    public Pod pod() throws Exception {
        return pod("one");
    }

    /** A container by its name; made when it is first asked for. */
    public Pod pod(String name) throws Exception {
        Pod known = pods.get(name);
        if (known != null) {
            return known;
        }
        // Unlike any other of the host: a plugin's daemon may serve several scenarios at once.
        String number = work.getFileName().toString().substring(FOLDER.length());
        Pod pod = Pod.create("cf-" + name + "-" + number, work);
        pods.put(name, pod);
        ipam.prepare(pod.id(), pods.size(), target.version());
        if (target.profile().role() == Role.CHAINED) {
            attachBefore(pod, IF_NAME, pods.size());
        }
        return pod;
    }

    /** The inside of a container. */
    public Place in(Pod pod) {
        return new Place("container " + pod.id(), pod.netns());
    }

    /** The inside of the first container. */
    public Place container() throws Exception {
        return in(pod());
    }

    /**
     * Leaves what a plugin before the one under test would: a pair of links, 10.9.N.2/24 inside,
     * 10.9.N.1/24 on the node, and for the first interface a default route.
     */
    public void attachBefore(Pod pod, String ifName, int number) throws Exception {
        know(pod, ifName, new Predecessor(node, in(pod), ifName, number).attach(pod.path()));
    }

    /**
     * The same for IPv6, besides: fd00:9:N::2/64 inside, fd00:9:N::1/64 on the node, a default
     * route.
     */
    public void attachIpv6Before(Pod pod, String ifName, int number) throws Exception {
        CniResult before = ResultCodec.decode(known(pod, ifName).orElseThrow());
        know(pod, ifName, new Predecessor(node, in(pod), ifName, number).attachIpv6(before));
    }

    private void know(Pod pod, String ifName, CniResult result) throws CniException {
        results.put(key(pod, ifName), ResultCodec.encode(result, target.version()));
    }

    private static String key(Pod pod, String ifName) {
        return pod.id() + "/" + ifName;
    }

    /** The result that was last known of an attachment: ADD's, or that of the plugin before. */
    public Optional<JsonObject> known(Pod pod, String ifName) {
        return Optional.ofNullable(results.get(key(pod, ifName)));
    }

    /** A call that is about no attachment, with all that SPEC "Parameters" asks for. */
    public Request request(CniCommand command) {
        Request request =
                new Request(command, config)
                        .with("cniVersion", target.version())
                        .with("name", NETWORK)
                        .set("CNI_PATH", work.resolve("bin") + ":" + target.folder());
        if (config.find("type").isEmpty()) {
            request.with("type", target.type());
        }
        return request;
    }

    /** A call about an attachment; CHECK and DEL have the last result. */
    public Request request(CniCommand command, Pod pod, String ifName) {
        Request request =
                request(command)
                        .set("CNI_CONTAINERID", pod.id())
                        .set("CNI_NETNS", pod.path())
                        .set("CNI_IFNAME", ifName);
        Optional<JsonObject> known = known(pod, ifName);
        boolean chained = target.profile().role() == Role.CHAINED;
        if (known.isPresent() && (chained || command != CniCommand.ADD)) {
            request.with("prevResult", known.get());
        }
        return request;
    }

    /** Executes a call on the node. */
    public Answer call(Request request) throws IOException {
        lastRequest = Optional.of(request);
        Map<String, String> environment = environment();
        environment.putAll(request.variables());
        try {
            ExecOutcome outcome =
                    node.netns()
                            .<ExecOutcome, CniException>call(() ->
                                    ProcessPluginExec.withTimeout(target.timeout())
                                            .run(
                                                    target.binary().toString(),
                                                    environment,
                                                    request.stdinBytes()));
            return new Answer(request.variables().getOrDefault("CNI_COMMAND", "the call"), outcome);
        } catch (CniException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** What a program of the plugin's finds, before CNI's variables. */
    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(target.environment());
        environment.keySet().removeIf(name -> name.startsWith("CNI_"));
        return environment;
    }

    /** ADD; the result is remembered for later calls. */
    public CniResult add(Pod pod, String ifName) throws IOException, Mismatch {
        return add(request(CniCommand.ADD, pod, ifName), pod, ifName);
    }

    /** ADD by a call that was put together; the result is remembered for later calls. */
    public CniResult add(Request request, Pod pod, String ifName) throws IOException, Mismatch {
        Answer answer = call(request);
        CniResult result = answer.result(target.version());
        results.put(key(pod, ifName), answer.json());
        return result;
    }

    /** ADD of the first container. */
    public CniResult add() throws Exception {
        return add(pod(), IF_NAME);
    }

    /** A call about the first container. */
    public Request request(CniCommand command, Pod pod) {
        return request(command, pod, IF_NAME);
    }

    /** CHECK of the first container. */
    public Answer check() throws Exception {
        return call(request(CniCommand.CHECK, pod()));
    }

    /** DEL of the first container. */
    public Answer del() throws Exception {
        return call(request(CniCommand.DEL, pod()));
    }

    /** The call that was made last, as a line for a shell. */
    public String lastCall() {
        return lastRequest.map(request -> request.shell(target.binary().toString())).orElse("");
    }

    @Override
    public void close() throws IOException {
        for (Closeable server : servers) {
            server.close();
        }
        for (Pod pod : pods.values()) {
            pod.end();
        }
        others.forEach(Netns::close);
        node.netns().close();
        try (Stream<Path> files = Files.walk(work)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
