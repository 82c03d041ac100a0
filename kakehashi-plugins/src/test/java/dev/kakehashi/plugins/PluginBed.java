package dev.kakehashi.plugins;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.Delegator;
import dev.kakehashi.cni.plugin.InProcessDelegator;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.builtin.ReferencePlugins;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.testing.BedOfEachTest;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A host and a container, both fresh namespaces, and our plugins on them. Registered as an
 * extension, it is there before each test and gone after it.
 */
public final class PluginBed extends BedOfEachTest {
    /** Below which plugins see files, if not all. */
    private final Optional<Supplier<Path>> root;

    @SuppressWarnings("NullAway.Init") // by fill()
    private TestNamespaces namespaces;

    @SuppressWarnings("NullAway.Init") // by fill()
    private Netns host;

    @SuppressWarnings("NullAway.Init") // by fill()
    private Netns container;

    @SuppressWarnings("NullAway.Init") // by fill()
    private PluginHost pluginHost;

    @SuppressWarnings("NullAway.Init") // by fill()
    private ReferencePlugins plugins;

    private PluginBed(Optional<Supplier<Path>> root) {
        this.root = root;
    }

    /** One of each test. */
    public static PluginBed ofEachTest() {
        return new PluginBed(Optional.empty());
    }

    /** The same whose plugins see no files but those below a root, which is asked for each time. */
    public static PluginBed ofEachTestBelow(Supplier<Path> root) {
        return new PluginBed(Optional.of(root));
    }

    /** One of a test that closes it itself. */
    public static PluginBed create(TestNamespaces namespaces) throws IOException {
        PluginBed bed = ofEachTest();
        bed.fill(namespaces);
        return bed;
    }

    /** The same whose plugins see no files but those below a root. */
    public static PluginBed below(Path root, TestNamespaces namespaces) throws IOException {
        PluginBed bed = ofEachTestBelow(() -> root);
        bed.fill(namespaces);
        return bed;
    }

    @Override
    protected void fill(TestNamespaces those) throws IOException {
        namespaces = those;
        host = those.create();
        container = those.create();
        TestNamespaces.run(host, "ip", "link", "set", "lo", "up");
        pluginHost =
                root.<PluginHost>map(place -> new Jail(host, place.get()))
                        .orElseGet(() -> PluginHost.of(host));
        plugins = ReferencePlugins.open(host);
    }

    private record Jail(Netns netns, Path root) implements PluginHost {
        @Override
        public Netns openNetns(String path) throws LinuxException {
            return Netns.open(path.startsWith("/run/netns/") ? file(path) : Path.of(path));
        }

        @Override
        public Path file(String path) {
            return root.resolve(Path.of("/", path).normalize().toString().substring(1));
        }
    }

    public Netns host() {
        return host;
    }

    public Netns container() {
        return container;
    }

    /** One more container. */
    public Netns anotherContainer() throws IOException {
        return namespaces.create();
    }

    /** A path of a namespace, as CNI_NETNS. */
    public static String path(Netns netns) {
        return "/proc/self/fd/" + netns.fd().number();
    }

    public Plugin plugin(String type) {
        Function<PluginHost, Plugin> factory = plugins.factories().get(type);
        if (factory == null) {
            throw new AssertionError("no plugin " + type);
        }
        return factory.apply(pluginHost);
    }

    /** Calls for the container of the bed. */
    public Calls calls(String config) {
        return Calls.with(config).set("CNI_NETNS", path(container)).delegator(delegator());
    }

    /** Ours in this process, whatever else by its binary. */
    public Delegator delegator() {
        Map<String, Plugin> ours = new HashMap<>();
        for (String type : List.of("host-local", "static", "dhcp")) {
            ours.put(type, plugin(type));
        }
        return InProcessDelegator.of(ours, ProcessDelegator.create());
    }

    /**
     * ADD by the plugin that the configuration names. The result goes through the encoding of its
     * version and back, as between a plugin and its runtime.
     */
    public CniResult add(Calls calls) throws CniException {
        JsonObject config = calls.request(CniCommand.ADD).config();
        String version = config.string("cniVersion", "");
        CniResult result = plugin(type(config)).add(calls.request(CniCommand.ADD));
        JsonObject encoded = ResultCodec.encode(result, version);
        if (!encoded.string("cniVersion", "").equals(version)) {
            throw new AssertionError("wrong version: " + encoded);
        }
        return ResultCodec.decode(encoded);
    }

    public void del(Calls calls) throws CniException {
        var request = calls.request(CniCommand.DEL);
        plugin(type(request.config())).del(request);
    }

    public void check(Calls calls) throws CniException {
        var request = calls.request(CniCommand.CHECK);
        plugin(type(request.config())).check(request);
    }

    public void gc(Calls calls) throws CniException {
        var request = calls.request(CniCommand.GC);
        plugin(type(request.config())).gc(request);
    }

    public void status(Calls calls) throws CniException {
        var request = calls.request(CniCommand.STATUS);
        plugin(type(request.config())).status(request);
    }

    private static String type(JsonObject config) throws CniException {
        return config.string("type", "");
    }

    /** A link of the host that is not on its way out. */
    public Optional<Link> hostLink(String name) throws IOException {
        return link(host, name).filter(link -> link.group() != Ownership.REAP_GROUP);
    }

    /** The only port of a bridge on the host. */
    public Link port(Link bridge) throws IOException {
        try (RtNetlink netlink = RtNetlink.open(host)) {
            List<Link> ports =
                    netlink.links().stream()
                            .filter(link -> link.master() == bridge.index())
                            .toList();
            if (ports.size() != 1) {
                throw new AssertionError("ports: " + ports);
            }
            return ports.getFirst();
        }
    }

    /** A link of the container. */
    public Optional<Link> containerLink(String name) throws IOException {
        return link(container, name);
    }

    public static Optional<Link> link(Netns netns, String name) throws IOException {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            return netlink.link(name);
        }
    }

    /** The host's links by {@code ip -o link}, once what was removed is gone. */
    public String linksOnHost() throws IOException, InterruptedException {
        String links = onHost("ip", "-o", "link");
        for (int i = 0; i < 500 && links.contains("group " + Ownership.REAP_GROUP); i++) {
            Thread.sleep(10);
            links = onHost("ip", "-o", "link");
        }
        return links;
    }

    /** The names of the host's links, once what was removed is gone. */
    public List<String> linkNamesOnHost() throws IOException, InterruptedException {
        var _ = linksOnHost();
        try (RtNetlink netlink = RtNetlink.open(host)) {
            return netlink.links().stream().map(Link::name).toList();
        }
    }

    /** Runs a program on the host. */
    public String onHost(String... command) throws IOException {
        return TestNamespaces.run(host, command);
    }

    /** Runs a program in the container. */
    public String inContainer(String... command) throws IOException {
        return TestNamespaces.run(container, command);
    }

    /**
     * Joins the host to an outside node that knows no way to the containers: it has 192.0.2.2 and
     * 2001:db8:ff::2, the host 192.0.2.1 and 2001:db8:ff::1.
     */
    public Netns outside() throws IOException {
        Netns outside = namespaces.create();
        TestNamespaces.run(outside, "ip", "link", "set", "lo", "up");
        DesiredState.Builder state =
                DesiredState.builder()
                        .host(end("outside", LinkRef.container("up0")))
                        .container(end("up0", LinkRef.host("outside")));
        for (String address : List.of("192.0.2.1/24", "2001:db8:ff::1/64")) {
            state.host(Address.of("outside", IpPrefix.parse(address)).withoutDad());
        }
        for (String address : List.of("192.0.2.2/24", "2001:db8:ff::2/64")) {
            state.container(Address.of("up0", IpPrefix.parse(address)).withoutDad());
        }
        try (Engine engine = Engine.open(host)) {
            engine.with(NamespaceId.CONTAINER, outside).apply(state.build());
        }
        return outside;
    }

    private static dev.kakehashi.state.Link end(String name, LinkRef peer) {
        return dev.kakehashi.state.Link.veth(name, peer).owner("outside").up(true).build();
    }

    /** The configuration's network, with a list of attachments that are alive. */
    public Calls gcCalls(String config, String... containersAndInterfaces) {
        StringBuilder valid = new StringBuilder();
        for (int i = 0; i < containersAndInterfaces.length; i += 2) {
            valid.append(valid.isEmpty() ? "" : ", ")
                    .append("{'containerID': '")
                    .append(containersAndInterfaces[i])
                    .append("', 'ifname': '")
                    .append(containersAndInterfaces[i + 1])
                    .append("'}");
        }
        String open = config.substring(0, config.lastIndexOf('}'));
        return calls(open + ", 'cni.dev/valid-attachments': [" + valid + "]}");
    }

    /** Sends one packet from the container and waits for the answer. */
    public void ping(String address) throws IOException {
        inContainer("ping", "-n", "-c", "1", "-W", "2", address);
    }

    /** A data directory of address management, as JSON. */
    public static String dataDir(Path directory) {
        return "'dataDir': '" + directory + "'";
    }

    @Override
    public void close() {
        plugins.close();
    }
}
