package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.config.PluginConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One run of GC over a network. */
final class GarbageCollection {
    private final CniRuntime runtime;
    private final PluginRunner runner;
    private final NetworkConfigList network;
    private final List<CniException> failures = new ArrayList<>();

    GarbageCollection(CniRuntime runtime, PluginRunner runner, NetworkConfigList network) {
        this.runtime = runtime;
        this.runner = runner;
        this.network = network;
    }

    void run(Set<CniAttachment> valid) throws CniException {
        CniVersion version = CniVersion.parse(network.cniVersion());
        deleteStale(valid);
        if (version.atLeast(CniVersion.V1_1_0)) {
            for (PluginConfig plugin : network.plugins()) {
                collect(plugin, valid);
            }
        }
        if (failures.size() == 1) {
            throw failures.getFirst();
        }
        if (!failures.isEmpty()) {
            throw joined();
        }
    }

    private void deleteStale(Set<CniAttachment> valid) {
        List<CachedAttachment> cached;
        try {
            cached = runtime.cache().attachments("");
        } catch (CniException e) {
            failures.add(e);
            return;
        }
        for (CachedAttachment attachment : cached) {
            RuntimeConf conf = attachment.conf();
            if (!attachment.networkName().equals(network.name())
                    || valid.contains(conf.attachment())) {
                continue;
            }
            try {
                runtime.del(runner, network, conf);
            } catch (CniException e) {
                failures.add(
                        e.because(
                                "failed to delete stale attachment "
                                        + conf.containerId()
                                        + " "
                                        + conf.ifName()));
            }
        }
    }

    private void collect(PluginConfig plugin, Set<CniAttachment> valid) {
        try {
            byte[] stdin =
                    RequestConfig.of(network.name(), network.cniVersion(), plugin)
                            .withValidAttachments(valid)
                            .encode();
            runner.run(CniCommand.GC, runner.find(plugin.type()), RuntimeConf.NONE, stdin);
        } catch (CniException e) {
            failures.add(e.because("failed to GC plugin " + plugin.type()));
        }
    }

    private CniException joined() {
        StringBuilder text = new StringBuilder();
        for (CniException failure : failures) {
            text.append(text.isEmpty() ? "" : "\n").append(failure.getMessage());
        }
        CniException joined = new CniException(CniException.INTERNAL, text.toString());
        failures.forEach(joined::addSuppressed);
        return joined;
    }
}
