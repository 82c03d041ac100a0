package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Runs the plugin of one call, and nothing around it. */
final class PluginRun {
    private final PluginRegistry registry;
    private final OwnBinaries ownBinaries = new OwnBinaries();

    PluginRun(PluginRegistry registry) {
        this.registry = registry;
    }

    Answer run(AttachRequest request, Requester requester, ForeignExec exec) {
        Optional<Plugin> plugin = registry.find(request.plugin(), requester);
        if (plugin.isEmpty()) {
            return CniErrors.answer(
                    request,
                    CniException.PLUGIN_NOT_AVAILABLE,
                    "there is no plugin \"" + request.plugin() + "\" in Kakehashi",
                    "the binary was called by that name; plugins: "
                            + String.join(", ", registry.types().stream().sorted().toList()));
        }
        ByteArrayOutputStream stdout = new ByteArrayOutputStream(1024);
        ByteArrayOutputStream stderr = new ByteArrayOutputStream(0);
        PluginCall call =
                new PluginCall(
                        request.environment().variables(),
                        new ByteArrayInputStream(request.stdin()),
                        stdout,
                        new PrintStream(stderr, true, StandardCharsets.UTF_8));
        int status =
                PluginDispatcher.of(
                                requester::isOwnNetns,
                                new AgentDelegator(registry, ownBinaries, request, requester, exec))
                        .dispatch(plugin.get(), call);
        return new Answer(status, stdout.toByteArray(), stderr.toByteArray());
    }
}
