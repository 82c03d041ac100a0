package dev.kakehashi.plugins;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.plugin.Delegator;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Calls of plugins as a runtime makes them, in one line each. */
public final class Calls {

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private JsonObject config;
    private Delegator delegator = new NoDelegates();

    private Calls(String config) {
        this.config = parse(config);
        environment.put("CNI_CONTAINERID", "dummy");
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_NETNS", "/some/where");
        environment.put("CNI_PATH", "/opt/cni/bin");
    }

    /** Calls with a configuration in JSON, where {@code '} may stand for a quotation mark. */
    public static Calls with(String config) {
        return new Calls(config);
    }

    /** A JSON object, where {@code '} may stand for a quotation mark. */
    public static JsonObject parse(String json) {
        try {
            return JsonParser.parseObject(json.replace('\'', '"'));
        } catch (JsonException e) {
            throw new AssertionError(json, e);
        }
    }

    public Calls container(String id, String ifName) {
        environment.put("CNI_CONTAINERID", id);
        return set("CNI_IFNAME", ifName);
    }

    public Calls set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Calls delegator(Delegator newDelegator) {
        delegator = newDelegator;
        return this;
    }

    /** The configuration with this result in it, as the runtime adds it for CHECK and DEL. */
    public Calls prevResult(CniResult result) {
        try {
            String version = request(CniCommand.ADD).cniVersion();
            config = config.with("prevResult", ResultCodec.encode(result, version));
        } catch (CniException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    public PluginRequest request(CniCommand command) {
        Map<String, String> copy = new HashMap<>(environment);
        copy.put("CNI_COMMAND", command.name());
        return PluginRequest.of(
                command,
                copy,
                config,
                delegator,
                new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    /** What the plugins wrote to standard error. */
    public String log() {
        return log.toString(StandardCharsets.UTF_8);
    }

    /** For plugins that must not delegate. */
    private static final class NoDelegates implements Delegator {

        @Override
        public CniResult add(String type, PluginRequest request) {
            throw new AssertionError("delegated to " + type);
        }

        @Override
        public void del(String type, PluginRequest request) {
            throw new AssertionError("delegated to " + type);
        }

        @Override
        public void check(String type, PluginRequest request) {
            throw new AssertionError("delegated to " + type);
        }

        @Override
        public void gc(String type, PluginRequest request) {
            throw new AssertionError("delegated to " + type);
        }

        @Override
        public void status(String type, PluginRequest request) {
            throw new AssertionError("delegated to " + type);
        }
    }
}
