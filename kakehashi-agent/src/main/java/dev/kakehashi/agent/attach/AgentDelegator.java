package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.status.Durations;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Delegator;
import dev.kakehashi.cni.plugin.InProcessDelegator;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.cni.result.CniResult;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Delegates to whatever the requester's CNI_PATH has under a name: when that is our front binary,
 * to the plugin in this process; else to the binary, which is executed.
 */
final class AgentDelegator implements Delegator {
    private final PluginRegistry registry;
    private final OwnBinaries ownBinaries;
    private final Optional<Durations> durations;
    private final AttachRequest call;
    private final Requester requester;
    private final RequesterExec exec;
    private final Delegator foreign;

    /**
     * A delegator of one call.
     *
     * @param durations told how long the plugins in this process take
     */
    AgentDelegator(
            PluginRegistry registry,
            OwnBinaries ownBinaries,
            Optional<Durations> durations,
            AttachRequest call,
            Requester requester,
            ForeignExec exec) {
        this.registry = registry;
        this.ownBinaries = ownBinaries;
        this.durations = durations;
        this.call = call;
        this.requester = requester;
        this.exec = new RequesterExec(call, requester, exec);
        this.foreign = ProcessDelegator.with(this.exec);
    }

    @Override
    public CniResult add(String type, PluginRequest request) throws CniException {
        return choose(type, request).add(type, request);
    }

    @Override
    public void del(String type, PluginRequest request) throws CniException {
        choose(type, request).del(type, request);
    }

    @Override
    public void check(String type, PluginRequest request) throws CniException {
        choose(type, request).check(type, request);
    }

    @Override
    public void gc(String type, PluginRequest request) throws CniException {
        choose(type, request).gc(type, request);
    }

    @Override
    public void status(String type, PluginRequest request) throws CniException {
        choose(type, request).status(type, request);
    }

    private Delegator choose(String type, PluginRequest request) throws CniException {
        Optional<Plugin> plugin = registry.find(type, requester);
        if (plugin.isEmpty()) {
            return foreign;
        }
        Path binary = requester.file(exec.find(type, request.path()));
        return ownBinaries.contains(binary, call.front(), () -> frontFile(request))
                ? timed(InProcessDelegator.of(Map.of(type, plugin.get()), foreign))
                : foreign;
    }

    private Delegator timed(Delegator delegator) {
        return durations.isPresent() ? new TimedDelegator(delegator, durations.get()) : delegator;
    }

    /** The binary that called was found in CNI_PATH too, unless it was called by its path. */
    private Optional<Path> frontFile(PluginRequest request) {
        try {
            return Optional.of(requester.file(exec.find(call.plugin(), request.path())));
        } catch (CniException e) {
            return Optional.empty();
        }
    }
}
