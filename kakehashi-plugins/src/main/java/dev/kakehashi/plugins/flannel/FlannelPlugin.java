package dev.kakehashi.plugins.flannel;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.PluginHost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The plugin {@code flannel}: reads the node's subnets, which an agent tells in a file, and has
 * another plugin attach the container, by default {@code bridge} with addresses of {@code
 * host-local}. What that was told is kept until DEL, which so needs no agent.
 *
 * <p>Keys, files and defaults are those of Flannel's own plugin (flannel-io/cni-plugin). Beyond it:
 * a failed ADD leaves nothing; CHECK, GC and STATUS ask the delegate.
 */
public final class FlannelPlugin implements Plugin {
    /** Its type. */
    public static final String NAME = "flannel";

    /** What a delegate is told besides its own configuration. */
    private static final String[] PASSED_ON = {
        "prevResult", "cni.dev/valid-attachments", "cni.dev/attachments"
    };

    private final PluginHost host;

    private FlannelPlugin(PluginHost host) {
        this.host = host;
    }

    /** The plugin for one caller. */
    public static FlannelPlugin of(PluginHost host) {
        return new FlannelPlugin(host);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        FlannelConfig config = FlannelConfig.parse(request);
        JsonObject delegate = delegate(config, CniException.TRY_AGAIN_LATER);
        SavedDelegates saved = SavedDelegates.in(host, config.dataDir());
        saved.write(request.containerId(), delegate);
        try {
            return request.delegator().add(type(delegate), to(delegate, request));
        } catch (CniException e) {
            undo(request, delegate, saved, e);
            throw e;
        }
    }

    private static void undo(
            PluginRequest request, JsonObject delegate, SavedDelegates saved, CniException why) {
        try {
            request.delegator().del(type(delegate), to(delegate, request));
            saved.remove(request.containerId());
        } catch (CniException e) {
            why.addSuppressed(e); // the file stays: DEL comes
        }
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        SavedDelegates saved = SavedDelegates.in(host, FlannelConfig.parse(request).dataDir());
        Optional<JsonObject> delegate;
        try {
            delegate = saved.read(request.containerId());
        } catch (JsonException e) {
            // Nothing can be known of it; as the original, which leaves the file for people to see.
            request.log().println("flannel: " + e.getMessage());
            return;
        }
        if (delegate.isPresent()) {
            request.delegator().del(type(delegate.get()), to(delegate.get(), request));
            saved.remove(request.containerId());
        }
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        FlannelConfig config = FlannelConfig.parse(request);
        JsonObject delegate =
                SavedDelegates.in(host, config.dataDir())
                        .read(request.containerId())
                        .orElseThrow(() ->
                                new CniException(
                                        CniException.UNKNOWN_CONTAINER,
                                        "no configuration of container "
                                                + request.containerId()
                                                + " in "
                                                + config.dataDir()
                                                + ": flannel has not attached it"));
        request.delegator().check(type(delegate), to(delegate, request));
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        FlannelConfig config = FlannelConfig.parse(request);
        Set<String> living = new HashSet<>();
        for (CniAttachment attachment : request.validAttachments()) {
            living.add(attachment.containerId());
        }
        SavedDelegates saved = SavedDelegates.in(host, config.dataDir());
        Map<String, JsonObject> kept = saved.of(config.network());
        JsonObject delegate =
                kept.isEmpty()
                        ? delegate(config, CniException.IO_FAILURE)
                        : kept.values().iterator().next().without("runtimeConfig");
        request.delegator().gc(type(delegate), to(delegate, request));
        for (String container : kept.keySet()) {
            if (!living.contains(container)) {
                saved.remove(container);
            }
        }
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        JsonObject delegate =
                delegate(FlannelConfig.parse(request), CniException.PLUGIN_NOT_AVAILABLE);
        request.delegator().status(type(delegate), to(delegate, request));
    }

    /** The delegate's configuration; without the file of the subnets there is none. */
    private JsonObject delegate(FlannelConfig config, int without) throws CniException {
        Path file = host.file(config.subnetFile());
        String problem;
        try {
            return config.delegateOn(SubnetEnv.parse(Files.readString(file)));
        } catch (IOException e) {
            problem = "failed to load flannel 'subnet.env' file: " + e;
        } catch (IllegalArgumentException e) {
            problem = config.subnetFile() + " " + e.getMessage();
        }
        throw new CniException(
                without,
                problem,
                "the node's agent writes it once the node has a subnet: see what that says");
    }

    private static String type(JsonObject delegate) throws CniException {
        String type = delegate.string("type", "");
        if (type.isEmpty() || type.indexOf('/') >= 0 || type.equals(NAME)) {
            throw new CniException(
                    CniException.INVALID_CONFIG, "'" + type + "' is no type of a delegate");
        }
        return type;
    }

    private static PluginRequest to(JsonObject delegate, PluginRequest request) {
        JsonObject told = delegate;
        for (String name : PASSED_ON) {
            Optional<dev.kakehashi.cni.json.JsonValue> value = request.config().find(name);
            if (value.isPresent()) {
                told = told.with(name, value.get());
            }
        }
        return PluginRequest.of(
                request.command(), request.environment(), told, request.delegator(), request.log());
    }
}
