package dev.kakehashi.conformance.stage;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Servers servers;
    private final Calls calls;

    private Stage(Target target, Path work, ScriptedIpam ipam, Place node) {
        this.target = target;
        this.work = work;
        this.ipam = ipam;
        this.node = node;
        this.servers = new Servers(work, target.programEnvironment());
        this.calls = new Calls(target, node, work.resolve("bin"));
    }

    /** Prepares a stage for a plugin. */
    public static Stage open(Target target) throws Exception {
        Path work = Files.createTempDirectory(FOLDER);
        ScriptedIpam ipam =
                ScriptedIpam.install(work.resolve("bin"), work.resolve("ipam"), target.version());
        Stage stage = new Stage(target, work, ipam, new Place("the node", Netns.create()));
        try {
            stage.node.change("lo", LinkSpec.builder().up(true).build());
            stage.use(target.profile().config());
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
        calls.use(parse(configText));
        return this;
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
        ipam.prepare(pod, pods.size());
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
        calls.know(pod, ifName, new Predecessor(node, in(pod), ifName, number).attach(pod.path()));
    }

    /**
     * The same for IPv6, besides: fd00:9:N::2/64 inside, fd00:9:N::1/64 on the node, a default
     * route.
     */
    public void attachIpv6Before(Pod pod, String ifName, int number) throws Exception {
        CniResult before = ResultCodec.decode(calls.known(pod, ifName).orElseThrow());
        calls.know(pod, ifName, new Predecessor(node, in(pod), ifName, number).attachIpv6(before));
    }

    /** What runs in places until the scenario ends. */
    public Servers servers() {
        return servers;
    }

    /** Has every address of a place answer TCP, until the scenario ends. */
    public void serveTcp(Place place, int port) throws IOException {
        servers.tcp(place, port);
    }

    /** Has every address of a place answer UDP, until the scenario ends. */
    public void serveUdp(Place place, int port) throws IOException {
        servers.udp(place, port);
    }

    /** The result that was last known of an attachment: ADD's, or that of the plugin before. */
    public Optional<JsonObject> known(Pod pod, String ifName) {
        return calls.known(pod, ifName);
    }

    /** The call that was made last, as a line for a shell. */
    public String lastCall() {
        return calls.last();
    }

    /** A call that is about no attachment, with all that SPEC "Parameters" asks for. */
    public Request request(CniCommand command) {
        return calls.request(command);
    }

    /** A call about a container. */
    public Request request(CniCommand command, Pod pod) {
        return request(command, pod, IF_NAME);
    }

    /** A call about an attachment; CHECK and DEL have the last result. */
    public Request request(CniCommand command, Pod pod, String ifName) {
        return calls.request(command, pod, ifName);
    }

    /** Executes a call on the node. */
    public Answer call(Request request) throws IOException {
        return calls.call(request);
    }

    /** ADD by a call that was put together; the result is remembered for later calls. */
    public CniResult add(Request request) throws IOException, Mismatch {
        return calls.add(request);
    }

    /** ADD; the result is remembered for later calls. */
    public CniResult add(Pod pod, String ifName) throws IOException, Mismatch {
        return add(request(CniCommand.ADD, pod, ifName));
    }

    /** ADD of a container. */
    public CniResult add(Pod pod) throws IOException, Mismatch {
        return add(pod, IF_NAME);
    }

    /** ADD of the first container. */
    public CniResult add() throws Exception {
        return add(pod());
    }

    /** ADD of the first container, whatever the answer. */
    public Answer tryAdd() throws Exception {
        return tryAdd(pod());
    }

    /** ADD of a container, whatever the answer. */
    public Answer tryAdd(Pod pod) throws IOException {
        return tryAdd(pod, IF_NAME);
    }

    /** ADD, whatever the answer. */
    public Answer tryAdd(Pod pod, String ifName) throws IOException {
        return call(request(CniCommand.ADD, pod, ifName));
    }

    /** CHECK of the first container. */
    public Answer check() throws Exception {
        return check(pod());
    }

    /** CHECK of a container. */
    public Answer check(Pod pod) throws IOException {
        return check(pod, IF_NAME);
    }

    /** CHECK. */
    public Answer check(Pod pod, String ifName) throws IOException {
        return call(request(CniCommand.CHECK, pod, ifName));
    }

    /** DEL of the first container. */
    public Answer del() throws Exception {
        return del(pod());
    }

    /** DEL of a container. */
    public Answer del(Pod pod) throws IOException {
        return del(pod, IF_NAME);
    }

    /** DEL. */
    public Answer del(Pod pod, String ifName) throws IOException {
        return call(request(CniCommand.DEL, pod, ifName));
    }

    /** STATUS. */
    public Answer status() throws IOException {
        return call(request(CniCommand.STATUS));
    }

    /** GC with these containers valid. */
    public Answer gc(Pod... valid) throws IOException {
        return call(request(CniCommand.GC).valid(valid));
    }

    @Override
    public void close() throws IOException {
        servers.close();
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
