package dev.kakehashi.plugins.plan;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.plugin.InProcessDelegator;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.builtin.ReferencePlugins;
import dev.kakehashi.state.engine.Applied;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs plugins in this process for a runtime, and writes down what each of them does. */
final class RehearsedPlugins implements PluginExec, AutoCloseable {

    private static final Plugin DHCP = new PlannedDhcp();

    private final PluginHost host;
    private final Netns container;
    private final List<Applied> applied = new ArrayList<>();
    private final List<PluginPlan> plans = new ArrayList<>();
    private final ReferencePlugins plugins;

    private RehearsedPlugins(PluginHost host, Netns container) throws IOException {
        this.host = host;
        this.container = container;
        this.plugins = ReferencePlugins.open(host.netns(), applied::add);
    }

    /** Plugins on a host, for one container. */
    static RehearsedPlugins open(PluginHost host, Netns container) throws IOException {
        return new RehearsedPlugins(host, container);
    }

    /** What each call has done so far. */
    List<PluginPlan> plans() {
        return plans;
    }

    @Override
    public String find(String type, List<String> folders) throws CniException {
        if (!plugins.factories().containsKey(type)) {
            throw foreign(type);
        }
        return "/" + type;
    }

    private static CniException foreign(String type) {
        return new CniException(
                CniException.INVALID_CONFIG,
                "nobody knows what the plugin \"" + type + "\" would do",
                "only Kakehashi's own plugins can be planned, not other programs");
    }

    private Plugin plugin(String type) throws CniException {
        if (type.equals(DHCP.name())) {
            return DHCP;
        }
        Function<PluginHost, Plugin> factory = plugins.factories().get(type);
        if (factory == null) {
            throw foreign(type);
        }
        return factory.apply(host);
    }

    private InProcessDelegator delegator() throws CniException {
        Map<String, Plugin> addresses = new HashMap<>();
        for (String type : List.of("host-local", "static", DHCP.name())) {
            addresses.put(type, plugin(type));
        }
        return InProcessDelegator.of(addresses, new NoOtherPlugins(RehearsedPlugins::foreign));
    }

    @Override
    public ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin)
            throws CniException {
        String type = String.valueOf(Path.of(binary).getFileName());
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        try {
            KernelState before = KernelState.of(host.netns(), container);
            applied.clear();
            int status =
                    PluginDispatcher.of(_ -> false, delegator())
                            .dispatch(
                                    plugin(type),
                                    new PluginCall(
                                            environment,
                                            new ByteArrayInputStream(stdin),
                                            stdout,
                                            new PrintStream(stderr, true, StandardCharsets.UTF_8)));
            plans.add(
                    new PluginPlan(
                            type,
                            Changes.between(
                                    before, KernelState.of(host.netns(), container), applied)));
            return new ExecOutcome(status, stdout.toByteArray(), stderr.toByteArray());
        } catch (IOException e) {
            throw Failures.of("failed to see what " + type + " does", e);
        }
    }

    @Override
    public void close() {
        plugins.close();
    }
}
