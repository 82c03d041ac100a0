package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniNames;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonNull;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.result.ErrorCodec;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.cni.result.VersionInfo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a plugin for one call: checks what came in, calls it, prints the result or the error. The
 * order of the checks, their texts and codes are those of the reference's skeleton, except that a
 * namespace that is the plugin's own is refused before anything is touched, and that errors name
 * the version, as the specification asks.
 */
public final class PluginDispatcher {
    private final NetnsComparison netns;
    private final Delegator delegator;

    private PluginDispatcher(NetnsComparison netns, Delegator delegator) {
        this.netns = netns;
        this.delegator = delegator;
    }

    /**
     * A dispatcher.
     *
     * @param netns recognises the plugin's own namespace
     * @param delegator calls the plugins the plugin delegates to
     */
    public static PluginDispatcher of(NetnsComparison netns, Delegator delegator) {
        return new PluginDispatcher(netns, delegator);
    }

    /**
     * Runs a plugin that is a process of its own.
     *
     * @return the exit status the process must end with
     */
    public static int runProcess(Plugin plugin) {
        return of(NetnsComparison.ofCurrentThread(), ProcessDelegator.create())
                .dispatch(plugin, PluginCall.ofProcess());
    }

    /**
     * Serves one call.
     *
     * @return the exit status: 0, or 1 when an error object was printed
     */
    public int dispatch(Plugin plugin, PluginCall call) {
        Version version = new Version();
        try {
            byte[] answer = answer(plugin, call, version);
            call.stdout().write(answer);
            call.stdout().flush();
            return 0;
        } catch (CniException e) {
            return fail(call, e, version);
        } catch (IOException e) {
            return fail(
                    call,
                    new CniException(
                            CniException.IO_FAILURE, "error writing to stdout: " + e.getMessage()),
                    version);
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            // A defect of the plugin: the caller still gets an error object, the log the stack.
            e.printStackTrace(call.stderr());
            String text = String.valueOf(e.getMessage());
            return fail(call, new CniException(CniException.INTERNAL, text), version);
        }
    }

    private static int fail(PluginCall call, CniException error, Version version) {
        try {
            call.stdout()
                    .write(
                            ErrorCodec.encode(error, version.inUse)
                                    .toPrettyString()
                                    .getBytes(StandardCharsets.UTF_8));
            call.stdout().flush();
        } catch (IOException e) {
            call.stderr().println("Error writing error JSON to stdout: " + e.getMessage());
        }
        return 1;
    }

    private byte[] answer(Plugin plugin, PluginCall call, Version version) throws CniException {
        Map<String, String> environment = call.environment();
        String named = environment.getOrDefault("CNI_COMMAND", "");
        if (named.isEmpty() && !plugin.about().isEmpty()) {
            about(plugin, call);
            return new byte[0];
        }
        Optional<CniCommand> command = CniCommand.named(named);
        EnvironmentCheck.check(named, command, environment);
        if (command.isPresent() && command.get() == CniCommand.VERSION) {
            return VersionInfo.encode(plugin.supportedVersions());
        }
        JsonObject config = readConfig(call);
        if (command.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT, "unknown CNI_COMMAND: " + named);
        }
        String configVersion = configVersion(config);
        version.supports(plugin, configVersion);
        VersionGate.check(command.get(), configVersion, plugin.supportedVersions());
        refuseOwnNamespace(command.get(), environment);
        PluginRequest request =
                PluginRequest.of(command.get(), environment, config, delegator, call.stderr());
        return run(plugin, request, configVersion);
    }

    private static byte[] run(Plugin plugin, PluginRequest request, String configVersion)
            throws CniException {
        switch (request.command()) {
            case ADD -> {
                return ResultCodec.encode(plugin.add(request), configVersion)
                        .toPrettyString()
                        .getBytes(StandardCharsets.UTF_8);
            }
            case DEL -> plugin.del(request);
            case CHECK -> plugin.check(request);
            case GC -> plugin.gc(request);
            case STATUS -> plugin.status(request);
            case VERSION -> throw new IllegalStateException("VERSION is answered before");
        }
        return new byte[0];
    }

    private static void about(Plugin plugin, PluginCall call) {
        List<String> versions = new ArrayList<>();
        for (CniVersion version : plugin.supportedVersions()) {
            versions.add(version.toString());
        }
        call.stderr().println(plugin.about());
        call.stderr().println("CNI protocol versions supported: " + String.join(", ", versions));
    }

    private static JsonObject readConfig(PluginCall call) throws CniException {
        JsonObject config;
        String name;
        try {
            JsonValue value = JsonParser.parse(call.stdin().readAllBytes());
            config = value == JsonNull.NULL ? JsonObject.EMPTY : JsonParser.asObject(value);
            name = config.string("name", "");
        } catch (IOException e) {
            throw new CniException(
                    CniException.IO_FAILURE, "error reading from stdin: " + e.getMessage(), e);
        } catch (JsonException e) {
            throw e.because("error unmarshall network config");
        }
        if (name.isEmpty()) {
            throw new CniException(CniException.INVALID_CONFIG, "missing network name");
        }
        CniNames.checkNetworkName(name);
        return config;
    }

    private static String configVersion(JsonObject config) throws CniException {
        try {
            String version = config.string("cniVersion", "");
            return version.isEmpty() ? CniVersion.V0_1_0.toString() : version;
        } catch (JsonException e) {
            throw e.because("decoding version from network config");
        }
    }

    private void refuseOwnNamespace(CniCommand command, Map<String, String> environment)
            throws CniException {
        if (command != CniCommand.ADD && command != CniCommand.DEL) {
            return;
        }
        String override = environment.getOrDefault("CNI_NETNS_OVERRIDE", "");
        if (override.equals("1") || override.toUpperCase(Locale.ROOT).equals("TRUE")) {
            return;
        }
        if (netns.isOwn(environment.getOrDefault("CNI_NETNS", ""))) {
            throw new CniException(
                    CniException.INVALID_NETNS,
                    "plugin's netns and netns from CNI_NETNS should not be the same");
        }
    }

    /**
     * The version an error object names: the configuration's once it is known to be spoken, else
     * the newest.
     */
    private static final class Version {
        private String inUse = CniVersion.CURRENT.toString();

        void supports(Plugin plugin, String configVersion) {
            for (CniVersion version : plugin.supportedVersions()) {
                if (version.toString().equals(configVersion)) {
                    inUse = configVersion;
                }
            }
        }
    }
}
