package dev.kakehashi.agent.install;

import dev.kakehashi.agent.attach.AttachClient;
import dev.kakehashi.agent.bird.BirdDaemon;
import dev.kakehashi.agent.bird.BirdFiles;
import dev.kakehashi.agent.bird.BirdRoutes;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.engine.Belonging;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Step;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Takes everything that Kakehashi made away from a node: what bears our marks in the kernel, the
 * CNI configuration, what the agent kept, and, if asked, the programs. What is foreign or shared
 * stays.
 */
public final class NodeClean {
    private static final String OF_A_NETWORK = "network/";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final NodePaths node;
    private final Netns host;
    private final boolean programs;
    private final boolean podsToo;

    /**
     * A cleaning.
     *
     * @param host the node's network namespace; stays the caller's
     * @param programs whether plugins, commands and runtime go too
     * @param podsToo whether pods that are still attached lose their network
     */
    public NodeClean(NodePaths node, Netns host, boolean programs, boolean podsToo) {
        this.node = node;
        this.host = host;
        this.programs = programs;
        this.podsToo = podsToo;
    }

    /** What it would do, as commands. Changes nothing. */
    public List<String> plan() throws IOException {
        List<String> plan = new ArrayList<>();
        plan.addAll(birdPlan());
        try (Engine engine = Engine.open(host)) {
            for (Step step : engine.plan(DesiredState.EMPTY, ours(engine)).steps()) {
                plan.addAll(step.commands());
            }
        }
        for (String bridge : bridges()) {
            plan.add("ip link delete " + bridge + " (when no port is left)");
        }
        for (Path path : files()) {
            plan.add("rm -r " + path);
        }
        if (programs) {
            for (Path plugin : ourPlugins()) {
                Path kept = node.replaced().resolve(plugin.getFileName());
                plan.add(Files.exists(kept) ? "mv " + kept + " " + plugin : "rm " + plugin);
            }
            if (Files.isDirectory(node.releases())) {
                plan.add("rm -r " + node.home());
            }
        }
        return plan;
    }

    /**
     * Does it.
     *
     * @throws IOException also when an agent still serves the node, or pods are attached to it that
     *     are not to lose their network; nothing was changed then
     */
    public void run() throws IOException {
        refuseWhileServed();
        try (Engine engine = Engine.open(host)) {
            DesiredState ours = ours(engine);
            refuseWithPods(engine);
            var _ = engine.remove(ours);
            endBird();
            if (!engine.awaitRemoval(PATIENCE)) {
                throw new IOException("the kernel still removes devices; run it again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        removeEmptyBridges();
        deleteFiles();
        if (programs) {
            removePrograms();
            deleteFiles(); // a call that was under way may have begun its log anew
        }
    }

    private void deleteFiles() throws IOException {
        for (Path path : files()) {
            Trees.delete(path);
        }
    }

    private DesiredState ours(Engine engine) throws IOException {
        return engine.belongings(NamespaceId.HOST, NodeClean::isNodes);
    }

    /**
     * Whether it is for a network or an attachment of this node, whose names have a slash. What is
     * for a lab on the machine, or makes the machine itself a node of one, is the lab's.
     */
    private static boolean isNodes(Belonging belonging) {
        return belonging.owner().map(owner -> owner.indexOf('/') > 0).orElse(true);
    }

    private void refuseWhileServed() throws IOException {
        if (AttachClient.isServed(node.socket())
                && AttachClient.askToLeave(node.socket()) != AttachClient.LeaveAnswer.LEAVES) {
            throw new IOException(
                    "an agent serves "
                            + node.socket()
                            + " and would make everything again: end it first (kubectl delete"
                            + " daemonset kakehashi -n kakehashi-system, or systemctl stop"
                            + " kakehashi-agent)");
        }
    }

    private void refuseWithPods(Engine engine) throws IOException {
        TreeSet<String> pods = new TreeSet<>();
        var _ =
                engine.belongings(
                        NamespaceId.HOST,
                        belonging -> {
                            if (belonging.resource() instanceof Link && isNodes(belonging)) {
                                belonging
                                        .owner()
                                        .filter(owner -> !isNetwork(owner))
                                        .ifPresent(pods::add);
                            }
                            return false;
                        });
        if (!pods.isEmpty() && !podsToo) {
            throw new IOException(
                    pods.size()
                            + " attachments of pods would lose their network ("
                            + pods.getFirst()
                            + (pods.size() > 1 ? ", …" : "")
                            + "): drain the node first, or say --force");
        }
    }

    /** Attachments are {@code NETWORK/CONTAINER/INTERFACE}. */
    private static boolean isNetwork(String owner) {
        return owner.startsWith(OF_A_NETWORK) && owner.indexOf('/', OF_A_NETWORK.length()) < 0;
    }

    private List<String> birdPlan() throws IOException {
        BirdFiles bird = BirdFiles.of(node.state());
        List<String> plan = new ArrayList<>();
        if (Files.exists(bird.socket())) {
            plan.add("birdc -s " + bird.socket() + " down");
        }
        if (Files.exists(bird.configuration())) {
            try (RtNetlink netlink = RtNetlink.open(host)) {
                BirdRoutes.in(netlink)
                        .forEach(route ->
                                plan.add(
                                        "ip route delete "
                                                + route.destination()
                                                + " proto bird metric "
                                                + route.priority()));
            }
        }
        return plan;
    }

    /** Its routes stay when it ends, and bear no mark but its number and our metric. */
    private void endBird() throws IOException {
        BirdDaemon daemon = BirdDaemon.external(BirdFiles.of(node.state()));
        if (daemon.retire()) {
            try (RtNetlink netlink = RtNetlink.open(host)) {
                BirdRoutes.delete(netlink);
            }
            daemon.forget();
        }
    }

    /**
     * The bridge of the node's pods. It bears no mark, because others may use it too; that our
     * configuration names it makes it ours to remove once nothing is attached to it.
     */
    private List<String> bridges() throws IOException {
        if (!Files.exists(configuration())) {
            return List.of();
        }
        try (RtNetlink netlink = RtNetlink.open(host)) {
            return netlink.link(CniConfList.BRIDGE)
                    .filter(link -> link.kind().filter(Bridge.class::isInstance).isPresent())
                    .map(link -> List.of(link.name()))
                    .orElse(List.of());
        }
    }

    /** Not by the engine: of what is shared it removes nothing, and cannot count who uses it. */
    private void removeEmptyBridges() throws IOException {
        for (String bridge : bridges()) {
            try (RtNetlink netlink = RtNetlink.open(host)) {
                var link = netlink.link(bridge);
                boolean empty =
                        link.isPresent()
                                && netlink.links().stream()
                                        .noneMatch(port -> port.master() == link.get().index());
                if (empty) {
                    netlink.execute(Links.delete(link.get().index()));
                }
            }
        }
    }

    private Path configuration() {
        return node.configurations().resolve(CniConfList.FILE_NAME);
    }

    /** What the agent made, but for programs. */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.exists(configuration())) {
            files.add(configuration());
        }
        for (Path folder : List.of(node.run(), node.state())) {
            files.addAll(NodePaths.entries(folder));
        }
        addresses().ifPresent(files::add);
        files.addAll(new LinkManagers(node.volatileData()).told());
        return files;
    }

    /**
     * What host-local keeps for the network of our configuration: of the reference plugin's form,
     * and so without a mark. It goes once no address is given (a file named by it), or with the
     * pods.
     */
    private Optional<Path> addresses() throws IOException {
        if (!Files.exists(configuration())) {
            return Optional.empty();
        }
        String network;
        try {
            network = JsonParser.parseObject(Files.readString(configuration())).string("name", "");
        } catch (JsonException e) {
            return Optional.empty(); // somebody changed it: whose addresses they are is not known
        }
        Path folder = node.addresses(network);
        if (!network.matches("[A-Za-z0-9][A-Za-z0-9_.-]*") || !Files.isDirectory(folder)) {
            return Optional.empty();
        }
        boolean given =
                NodePaths.entries(folder).stream()
                        .map(file -> file.getFileName().toString())
                        .anyMatch(
                                name -> !name.equals("lock") && !name.startsWith("last_reserved"));
        return given && !podsToo ? Optional.empty() : Optional.of(folder);
    }

    private List<Path> ourPlugins() throws IOException {
        List<Path> ours = new ArrayList<>();
        for (Path plugin : NodePaths.entries(node.plugins())) {
            if (Files.isRegularFile(plugin) && node.isOurs(plugin)) {
                ours.add(plugin);
            }
        }
        return ours;
    }

    private void removePrograms() throws IOException {
        for (Path plugin : ourPlugins()) {
            Path kept = node.replaced().resolve(plugin.getFileName());
            if (Files.exists(kept)) {
                Path part = plugin.resolveSibling("." + plugin.getFileName() + ".kakehashi");
                Files.copy(
                        kept,
                        part,
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, plugin, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.delete(plugin);
            }
        }
        if (Files.isDirectory(node.releases())) { // else somebody else put it there
            for (Path path : NodePaths.entries(node.home())) {
                Trees.delete(path);
            }
        }
    }
}
