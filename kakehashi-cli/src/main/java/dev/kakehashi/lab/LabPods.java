package dev.kakehashi.lab;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.ConfigFolder;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.cni.runtime.RuntimeSettings;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Makes and removes pods as a container runtime does: the namespace first, then the network list's
 * ADD through the plugins' binaries; DEL first, then the namespace. All inside the pod's node.
 */
final class LabPods {
    private static final Path CONFIGURATION = Path.of("/etc/cni/net.d");
    private static final String LOOPBACK =
            """
            {"cniVersion": "1.0.0", "name": "cni-loopback", "plugins": [{"type": "loopback"}]}
            """;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final LabFiles files;
    private final Installation installation;
    private final UnaryOperator<RuntimeSettings> settings;
    private final Patience patience = Patience.ofEnvironment();

    LabPods(LabFiles files, Installation installation) {
        this(files, installation, usual -> usual);
    }

    /**
     * By a runtime that executes plugins in another way.
     *
     * @param settings what it is told, made of what it is told usually
     */
    LabPods(LabFiles files, Installation installation, UnaryOperator<RuntimeSettings> settings) {
        this.files = files;
        this.installation = installation;
        this.settings = settings;
    }

    /** Makes a pod; nothing of it is left when its ADD fails. */
    LabPod add(LabPod pod, NodeSandbox sandbox) throws IOException {
        files.writePod(pod);
        try {
            LabPod ready = sandbox.call(() -> pod.withAddress(attach(pod)));
            files.writePod(ready);
            return ready;
        } catch (IOException e) {
            try {
                del(pod, sandbox);
            } catch (IOException undo) {
                e.addSuppressed(undo);
            }
            throw new IOException("cannot add pod " + pod.name() + " on " + pod.node(), e);
        }
    }

    /** Removes a pod and all of its network. */
    void del(LabPod pod, NodeSandbox sandbox) throws IOException {
        sandbox.call(() -> {
            runtime().del(network(), conf(pod));
            runtime().del(loopback(), loopbackConf(pod));
            if (Files.exists(pod.netns())) {
                Netns.unpin(pod.netns());
            }
            return true;
        });
        files.deletePod(pod);
    }

    private String attach(LabPod pod) throws IOException, CniException {
        try (Netns netns = Netns.create()) {
            netns.pin(pod.netns());
        }
        runtime().add(loopback(), loopbackConf(pod));
        List<CniIp> ips = runtime().add(network(), conf(pod)).decode().ips();
        if (ips.isEmpty()) {
            throw new IOException("the result of ADD has no address");
        }
        return ips.getFirst().address().address().getHostAddress();
    }

    /** The node's network list: the first of its folder, as containerd chooses. */
    private static NetworkConfigList network() throws CniException, IOException {
        List<Path> lists = ConfigFolder.files(CONFIGURATION, ".conflist");
        if (lists.isEmpty()) {
            throw new IOException("the node has no network configuration in " + CONFIGURATION);
        }
        return ConfigFolder.loadList(lists.getFirst());
    }

    /** As containerd does it: the loopback is a network of its own, known to the runtime. */
    private static NetworkConfigList loopback() throws CniException {
        return NetworkConfigList.parse(LOOPBACK.getBytes(StandardCharsets.UTF_8));
    }

    private static RuntimeConf loopbackConf(LabPod pod) {
        return RuntimeConf.of(pod.containerId(), pod.netns().toString(), "lo");
    }

    private CniRuntime runtime() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        LabProcesses.enter(environment, files.directory().lab());
        return CniRuntime.with(
                settings.apply(
                        RuntimeSettings.of(List.of(installation.plugins().toString()))
                                .environment(environment)
                                .timeout(patience.with(TIMEOUT))));
    }

    private static RuntimeConf conf(LabPod pod) {
        return RuntimeConf.of(pod.containerId(), pod.netns().toString(), LabPod.INTERFACE);
    }
}
