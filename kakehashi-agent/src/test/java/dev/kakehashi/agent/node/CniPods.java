package dev.kakehashi.agent.node;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.ConfigFolder;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.plugin.InProcessDelegator;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.cni.runtime.RuntimeSettings;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.builtin.ReferencePlugins;
import dev.kakehashi.testing.TestNamespaces;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Pods that the node's own CNI configuration attaches, by the plugins of this build, as a runtime
 * would: their namespaces have names in {@code /run/netns}.
 */
final class CniPods implements AutoCloseable {
    private static final Path NAMES = Path.of("/run/netns");

    private final List<Path> names = new ArrayList<>();
    private final List<ReferencePlugins> plugins = new ArrayList<>();
    private final Map<String, End> ends = new HashMap<>();

    /** How one is detached. */
    private interface End {
        void run() throws CniException;
    }

    /** The host of a plugin: a node's namespace, and files of its own in a folder. */
    private record NodeHost(Netns netns, Path files) implements PluginHost {
        @Override
        public Netns openNetns(String path) throws LinuxException {
            return Netns.open(Path.of(path));
        }

        @Override
        public Path file(String path) {
            return files.resolve(Path.of("/").relativize(Path.of(path)));
        }
    }

    /** How the runtime finds and runs the plugins of one node. */
    private record InProcess(ReferencePlugins plugins, NodeHost host) implements PluginExec {
        @Override
        public String find(String type, List<String> folders) {
            return "/" + type;
        }

        private Plugin plugin(String type) {
            return Objects.requireNonNull(plugins.factories().get(type), type).apply(host);
        }

        @Override
        public ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin) {
            ByteArrayOutputStream stdout = new ByteArrayOutputStream();
            ByteArrayOutputStream stderr = new ByteArrayOutputStream();
            Plugin local = plugin("host-local");
            int status =
                    PluginDispatcher.of(
                                    _ -> false,
                                    InProcessDelegator.of(
                                            Map.of("host-local", local), ProcessDelegator.create()))
                            .dispatch(
                                    plugin(binary.substring(1)),
                                    new PluginCall(
                                            environment,
                                            new ByteArrayInputStream(stdin),
                                            stdout,
                                            new PrintStream(stderr, true, StandardCharsets.UTF_8)));
            return new ExecOutcome(status, stdout.toByteArray(), stderr.toByteArray());
        }
    }

    /**
     * Attaches one.
     *
     * @param confDir where the node's configuration is
     * @param files the node's own folder for what plugins keep
     */
    Netns attach(
            TestNamespaces namespaces, Netns node, String id, Path confDir, Path files, Path cache)
            throws IOException, CniException {
        Netns pod = namespaces.create();
        Path name = NAMES.resolve("kakehashi-test-" + ProcessHandle.current().pid() + "-" + id);
        pod.pin(name);
        names.add(name);
        ReferencePlugins own = ReferencePlugins.open(node, files.resolve("dhcp"));
        plugins.add(own);
        Files.createDirectories(files);
        TestNamespaces.run(pod, "ip", "link", "set", "lo", "up");
        CniRuntime runtime =
                CniRuntime.with(
                        RuntimeSettings.of(List.of("/"))
                                .cacheFolder(cache)
                                .environment(Map.of())
                                .exec(_ -> new InProcess(own, new NodeHost(node, files))));
        NetworkConfigList list = ConfigFolder.at(confDir).load("pods");
        RuntimeConf conf = RuntimeConf.of(id, name.toString(), "eth0");
        runtime.add(list, conf);
        ends.put(id, () -> runtime.del(list, conf));
        return pod;
    }

    /** Detaches one again. */
    void detach(String id) throws CniException {
        Objects.requireNonNull(ends.remove(id), id).run();
    }

    @Override
    public void close() {
        try {
            for (Path name : names) {
                Netns.unpin(name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        names.clear();
        plugins.forEach(ReferencePlugins::close);
        plugins.clear();
    }
}
