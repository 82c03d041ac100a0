package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.status.Durations;
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
    private final Optional<Durations> delegates;
    private final OwnBinaries ownBinaries = new OwnBinaries();
    private final Spares<Output> outputs = new Spares<>(Output::new);

    /** Where a plugin writes. A PrintStream has buffers of 24 KiB, of which most calls use none. */
    private static final class Output {
        private final ByteArrayOutputStream stdout = new ByteArrayOutputStream(1024);
        private final ByteArrayOutputStream stderr = new ByteArrayOutputStream(0);
        private final PrintStream log = new PrintStream(stderr, true, StandardCharsets.UTF_8);

        /** What was written with an exit status; nothing is left in it. */
        Answer take(int status) {
            log.flush();
            Answer answer = new Answer(status, stdout.toByteArray(), stderr.toByteArray());
            stdout.reset();
            stderr.reset();
            return answer;
        }
    }

    /** Of a process that tells nobody how long it took. */
    PluginRun(PluginRegistry registry) {
        this(registry, Optional.empty());
    }

    /**
     * Runs plugins.
     *
     * @param delegates told how long those take to which others delegate
     */
    PluginRun(PluginRegistry registry, Optional<Durations> delegates) {
        this.registry = registry;
        this.delegates = delegates;
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
        Output output = outputs.take();
        PluginCall call =
                new PluginCall(
                        request.environment().variables(),
                        new ByteArrayInputStream(request.stdin()),
                        output.stdout,
                        output.log);
        int status =
                PluginDispatcher.of(
                                requester::isOwnNetns,
                                new AgentDelegator(
                                        registry, ownBinaries, delegates, request, requester, exec))
                        .dispatch(plugin.get(), call);
        Answer answer = output.take(status);
        outputs.giveBack(output); // not after a throw: what it wrote is still in it then
        return answer;
    }
}
