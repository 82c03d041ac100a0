package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniNames;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.config.PluginConfig;
import dev.kakehashi.cni.exec.PluginInvoker;
import dev.kakehashi.cni.result.EncodedResult;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Attaches containers to networks by executing plugins (SPEC section 3), as the reference library
 * does. It holds no lock: the caller sees to it that no two operations run on one container, and
 * none beside GC.
 *
 * <p>Every operation that runs plugins ends with an error when the time set in {@link
 * RuntimeSettings#timeout} is over or the calling thread is interrupted; the plugin that ran is
 * killed. What a plugin fails with is thrown with its code.
 */
public final class CniRuntime {
    private final RuntimeSettings settings;
    private final AttachmentCache cache;

    private CniRuntime(RuntimeSettings settings) {
        this.settings = settings;
        this.cache = AttachmentCache.at(settings.cacheFolder());
    }

    /** A runtime with these settings. */
    public static CniRuntime with(RuntimeSettings settings) {
        return new CniRuntime(settings);
    }

    /** What is remembered of the attachments made. */
    public AttachmentCache cache() {
        return cache;
    }

    /**
     * ADD: runs every plugin in order, each with the result of the one before, and remembers the
     * last result. A failure leaves what was made so far: the caller must delete the attachment.
     *
     * @return the last result, in the configuration's version
     * @throws CniException the first failure; code 5 when the result cannot be remembered
     */
    public EncodedResult add(NetworkConfigList network, RuntimeConf conf) throws CniException {
        PluginRunner runner = settings.runner();
        Optional<EncodedResult> result = Optional.empty();
        for (PluginConfig plugin : network.plugins()) {
            try {
                result =
                        Optional.of(
                                addOne(
                                        runner,
                                        network.name(),
                                        network.cniVersion(),
                                        plugin,
                                        result,
                                        conf));
            } catch (CniException e) {
                throw e.because("plugin " + plugin.description() + " failed (add)");
            }
        }
        if (result.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "network \"" + network.name() + "\" has no plugins");
        }
        remember(network.name(), network.source(), conf, result.get());
        return result.get();
    }

    /**
     * ADD of a single plugin; its configuration carries the network's name and version. As {@link
     * #add}.
     */
    public EncodedResult addPlugin(PluginConfig plugin, RuntimeConf conf) throws CniException {
        EncodedResult result =
                addOne(
                        settings.runner(),
                        plugin.name(),
                        plugin.cniVersion(),
                        plugin,
                        Optional.empty(),
                        conf);
        remember(plugin.name(), plugin.json().toCompactString(), conf, result);
        return result;
    }

    private EncodedResult addOne(
            PluginRunner runner,
            String network,
            String cniVersion,
            PluginConfig plugin,
            Optional<EncodedResult> previous,
            RuntimeConf conf)
            throws CniException {
        String binary = runner.find(plugin.type());
        CniNames.checkContainerId(conf.containerId());
        CniNames.checkNetworkName(network);
        CniNames.checkInterfaceName(conf.ifName());
        byte[] stdin = request(network, cniVersion, plugin, previous, conf);
        byte[] stdout = runner.run(CniCommand.ADD, binary, conf, stdin);
        String version = cniVersion.isEmpty() ? CniVersion.V0_1_0.toString() : cniVersion;
        return new EncodedResult(version, PluginInvoker.readResult(version, stdout));
    }

    private static byte[] request(
            String network,
            String cniVersion,
            PluginConfig plugin,
            Optional<EncodedResult> previous,
            RuntimeConf conf) {
        RequestConfig request =
                RequestConfig.of(network, cniVersion, plugin)
                        .withCapabilityArgs(plugin, conf.capabilityArgs());
        if (previous.isPresent()) {
            request.withPrevResult(previous.get());
        }
        return request.encode();
    }

    private void remember(String network, String source, RuntimeConf conf, EncodedResult result)
            throws CniException {
        try {
            cache.store(new CachedAttachment(network, conf, source, Optional.of(result)));
        } catch (CniException e) {
            throw e.because("failed to set network \"" + network + "\" cached result");
        }
    }

    /**
     * CHECK: runs every plugin in order with the remembered result. Does nothing when the network
     * forbids it.
     *
     * @throws CniException the first failure; code 1 below version 0.4.0; code 6 when what is
     *     remembered is broken
     */
    public void check(NetworkConfigList network, RuntimeConf conf) throws CniException {
        requireCheck(network.cniVersion());
        if (network.disableCheck()) {
            return;
        }
        Optional<EncodedResult> result = cached(network.name(), network.cniVersion(), conf);
        PluginRunner runner = settings.runner();
        for (PluginConfig plugin : network.plugins()) {
            runOne(
                    runner,
                    CniCommand.CHECK,
                    network.name(),
                    network.cniVersion(),
                    plugin,
                    result,
                    conf);
        }
    }

    /** CHECK of a single plugin, as {@link #check}. */
    public void checkPlugin(PluginConfig plugin, RuntimeConf conf) throws CniException {
        requireCheck(plugin.cniVersion());
        runOne(
                settings.runner(),
                CniCommand.CHECK,
                plugin.name(),
                plugin.cniVersion(),
                plugin,
                cached(plugin.name(), plugin.cniVersion(), conf),
                conf);
    }

    private static void requireCheck(String cniVersion) throws CniException {
        if (!CniVersion.parse(cniVersion).atLeast(CniVersion.V0_4_0)) {
            throw new CniException(
                    CniException.INCOMPATIBLE_VERSION,
                    "configuration version \""
                            + cniVersion
                            + "\" does not support the CHECK command");
        }
    }

    private Optional<EncodedResult> cached(String network, String cniVersion, RuntimeConf conf)
            throws CniException {
        try {
            return cache.result(network, cniVersion, conf);
        } catch (CniException e) {
            throw e.because("failed to get network \"" + network + "\" cached result");
        }
    }

    private static void runOne(
            PluginRunner runner,
            CniCommand command,
            String network,
            String cniVersion,
            PluginConfig plugin,
            Optional<EncodedResult> previous,
            RuntimeConf conf)
            throws CniException {
        String binary = runner.find(plugin.type());
        byte[] stdin = request(network, cniVersion, plugin, previous, conf);
        runner.run(command, binary, conf, stdin);
    }

    /**
     * DEL: runs every plugin in reverse order with the remembered result and forgets the
     * attachment. May be called again and again. Broken memory does not hinder it.
     *
     * @throws CniException the first failure; the attachment is remembered then
     */
    public void del(NetworkConfigList network, RuntimeConf conf) throws CniException {
        del(settings.runner(), network, conf);
    }

    void del(PluginRunner runner, NetworkConfigList network, RuntimeConf conf) throws CniException {
        Optional<EncodedResult> result = cachedForDel(network.name(), network.cniVersion(), conf);
        for (PluginConfig plugin : network.plugins().reversed()) {
            try {
                runOne(
                        runner,
                        CniCommand.DEL,
                        network.name(),
                        network.cniVersion(),
                        plugin,
                        result,
                        conf);
            } catch (CniException e) {
                throw e.because("plugin " + plugin.description() + " failed (delete)");
            }
        }
        cache.remove(network.name(), conf);
    }

    /** DEL of a single plugin, as {@link #del(NetworkConfigList, RuntimeConf)}. */
    public void delPlugin(PluginConfig plugin, RuntimeConf conf) throws CniException {
        Optional<EncodedResult> result = cachedForDel(plugin.name(), plugin.cniVersion(), conf);
        runOne(
                settings.runner(),
                CniCommand.DEL,
                plugin.name(),
                plugin.cniVersion(),
                plugin,
                result,
                conf);
        cache.remove(plugin.name(), conf);
    }

    /**
     * The previous result came to DEL with 0.4.0. An unusable one is forgotten: DEL works without.
     */
    private Optional<EncodedResult> cachedForDel(
            String network, String cniVersion, RuntimeConf conf) throws CniException {
        if (!CniVersion.parse(cniVersion).atLeast(CniVersion.V0_4_0)) {
            return Optional.empty();
        }
        try {
            return cache.result(network, cniVersion, conf);
        } catch (CniException e) {
            cache.remove(network, conf);
            return Optional.empty();
        }
    }

    /**
     * GC: deletes every remembered attachment of the network that is not valid any more and, from
     * version 1.1.0 on, has each plugin remove what belongs to none of the valid ones. Goes on
     * after failures. Does nothing when the network forbids it.
     *
     * @throws CniException all failures together
     */
    public void gc(NetworkConfigList network, Collection<CniAttachment> valid) throws CniException {
        if (!network.disableGc()) {
            new GarbageCollection(this, settings.runner(), network).run(new LinkedHashSet<>(valid));
        }
    }

    /**
     * STATUS: asks every plugin in order whether it could serve ADD. Does nothing below version
     * 1.1.0.
     *
     * @throws CniException the first failure as the plugin gave it, codes 50 and 51 among them
     */
    public void status(NetworkConfigList network) throws CniException {
        if (!CniVersion.parse(network.cniVersion()).atLeast(CniVersion.V1_1_0)) {
            return;
        }
        PluginRunner runner = settings.runner();
        for (PluginConfig plugin : network.plugins()) {
            runOne(
                    runner,
                    CniCommand.STATUS,
                    network.name(),
                    network.cniVersion(),
                    plugin,
                    Optional.empty(),
                    RuntimeConf.NONE);
        }
    }

    /**
     * The versions a plugin speaks, as it writes them.
     *
     * @throws CniException when it is not found or its answer to VERSION is none
     */
    public List<String> versions(String type) throws CniException {
        return settings.runner().versions(type);
    }

    /**
     * Verifies that each plugin exists and speaks the network's version.
     *
     * @return the capabilities that any of the plugins declares
     * @throws CniException all failures together
     */
    public Set<String> validate(NetworkConfigList network) throws CniException {
        PluginRunner runner = settings.runner();
        Set<String> capabilities = new LinkedHashSet<>();
        List<String> failures = new ArrayList<>();
        int code = CniException.INTERNAL;
        for (PluginConfig plugin : network.plugins()) {
            try {
                validate(runner, plugin.type(), network.cniVersion());
            } catch (CniException e) {
                failures.add(String.valueOf(e.getMessage()));
                code = e.code();
            }
            capabilities.addAll(plugin.capabilities());
        }
        if (!failures.isEmpty()) {
            throw new CniException(
                    failures.size() == 1 ? code : CniException.INTERNAL,
                    "[" + String.join(" ", failures) + "]");
        }
        return capabilities;
    }

    /** Verifies a single plugin, as {@link #validate(NetworkConfigList)}. */
    public Set<String> validatePlugin(PluginConfig plugin) throws CniException {
        validate(settings.runner(), plugin.type(), plugin.cniVersion());
        return new LinkedHashSet<>(plugin.capabilities());
    }

    private static void validate(PluginRunner runner, String type, String cniVersion)
            throws CniException {
        String version = cniVersion.isEmpty() ? CniVersion.V0_1_0.toString() : cniVersion;
        if (!runner.versions(type).contains(version)) {
            throw new CniException(
                    CniException.INCOMPATIBLE_VERSION,
                    "plugin " + type + " does not support config version \"" + version + "\"");
        }
    }
}
