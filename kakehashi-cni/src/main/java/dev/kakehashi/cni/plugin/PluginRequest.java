package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call of a plugin: its parameters (the CNI_* variables) and its configuration (standard
 * input). Variables that are not set are empty texts. The dispatcher has validated container id,
 * interface name and network name where the command needs them.
 */
public final class PluginRequest {
    private static final String VALID_ATTACHMENTS = "cni.dev/valid-attachments";
    private static final String VALID_ATTACHMENTS_OF_LIBCNI_1_2 = "cni.dev/attachments";

    private final CniCommand command;
    private final Map<String, String> environment;
    private final JsonObject config;
    private final Delegator delegator;
    private final PrintStream log;

    private PluginRequest(
            CniCommand command,
            Map<String, String> environment,
            JsonObject config,
            Delegator delegator,
            PrintStream log) {
        this.command = command;
        this.environment = environment;
        this.config = config;
        this.delegator = delegator;
        this.log = log;
    }

    /**
     * A request.
     *
     * @param environment the whole environment of the call; delegates inherit it
     * @param config the plugin's configuration
     * @param delegator calls other plugins
     * @param log the call's standard error
     */
    public static PluginRequest of(
            CniCommand command,
            Map<String, String> environment,
            JsonObject config,
            Delegator delegator,
            PrintStream log) {
        return new PluginRequest(command, environment, config, delegator, log);
    }

    /** The command. */
    public CniCommand command() {
        return command;
    }

    /** CNI_CONTAINERID. */
    public String containerId() {
        return variable("CNI_CONTAINERID");
    }

    /** CNI_NETNS: path of the container's network namespace; may be empty on DEL. */
    public String netns() {
        return variable("CNI_NETNS");
    }

    /** CNI_IFNAME: the interface inside the container. */
    public String ifName() {
        return variable("CNI_IFNAME");
    }

    /** CNI_ARGS as it came; {@link dev.kakehashi.cni.CniArgs} reads it. */
    public String args() {
        return variable("CNI_ARGS");
    }

    /** CNI_PATH: the folders with plugin binaries. */
    public List<String> path() {
        return splitPath(variable("CNI_PATH"));
    }

    /** A list of folders as environment variables write it; empty entries are left out. */
    static List<String> splitPath(String path) {
        List<String> folders = new ArrayList<>(2);
        int start = 0;
        while (start < path.length()) {
            int colon = path.indexOf(':', start);
            int end = colon < 0 ? path.length() : colon;
            if (end > start) {
                folders.add(path.substring(start, end));
            }
            start = end + 1;
        }
        return folders;
    }

    /** Any variable of the call; empty when it is not set. */
    public String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /** The whole environment of the call. */
    public Map<String, String> environment() {
        return environment;
    }

    /** The whole configuration. */
    public JsonObject config() {
        return config;
    }

    /**
     * The version of the specification the configuration is written in, and the result will be:
     * 0.1.0 if it names none.
     */
    public String cniVersion() throws JsonException {
        String version = config.string("cniVersion", "");
        return version.isEmpty() ? CniVersion.V0_1_0.toString() : version;
    }

    /** The network's name. */
    public String networkName() throws JsonException {
        return config.string("name", "");
    }

    /** The type of the IPAM plugin to delegate to; empty for none. */
    public String ipamType() throws JsonException {
        return object("ipam").string("type", "");
    }

    /** What the runtime supplied for the declared capabilities; empty for nothing. */
    public JsonObject runtimeConfig() throws JsonException {
        return object("runtimeConfig");
    }

    /** {@code args.cni} of the configuration (CNI conventions, "args"); empty for nothing. */
    public JsonObject configArgs() throws JsonException {
        return object("args").object("cni").orElse(JsonObject.EMPTY);
    }

    private JsonObject object(String name) throws JsonException {
        return config.object(name).orElse(JsonObject.EMPTY);
    }

    /**
     * What the previous plugin of the chain (ADD) or the last one (CHECK, DEL) answered.
     *
     * @throws CniException code 6 when it is not of the encoding of the configuration's version
     */
    public Optional<CniResult> prevResult() throws CniException {
        Optional<JsonObject> json = config.object("prevResult");
        if (json.isEmpty()) {
            return Optional.empty();
        }
        String version = cniVersion();
        try {
            JsonObject named = json.get();
            if (named.string("cniVersion", "").isEmpty()) {
                named = named.with("cniVersion", new JsonString(version));
            }
            return Optional.of(ResultCodec.decode(version, named));
        } catch (CniException e) {
            throw e.because("could not parse prevResult");
        }
    }

    /**
     * The previous result where there must be one: for CHECK, and for plugins that only work
     * chained.
     *
     * @throws CniException code 7 when there is none
     */
    public CniResult requirePrevResult() throws CniException {
        Optional<CniResult> result = prevResult();
        if (result.isEmpty()) {
            throw new CniException(CniException.INVALID_CONFIG, "Required prevResult missing");
        }
        return result.get();
    }

    /**
     * The attachments of this network that are still alive (GC): {@code cni.dev/valid-attachments}
     * (SPEC, "GC"), else {@code cni.dev/attachments}, the name under which libcni 1.2.0 sent it.
     * JSON null is the empty list: so Go writes one that was never filled.
     *
     * @throws CniException code 7 when there is no list, or an entry that names no attachment.
     *     Taking that for "none is alive" would cut off every container
     */
    public List<CniAttachment> validAttachments() throws CniException {
        String key =
                config.exact(VALID_ATTACHMENTS).isPresent()
                        ? VALID_ATTACHMENTS
                        : VALID_ATTACHMENTS_OF_LIBCNI_1_2;
        if (config.exact(key).isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "Required \"" + VALID_ATTACHMENTS + "\" missing",
                    "nothing was removed: without the list no attachment is known to be alive");
        }
        List<CniAttachment> attachments = new ArrayList<>();
        for (JsonObject one : config.objects(key)) {
            String container = one.string("containerID", "");
            String ifName = one.string("ifname", "");
            if (container.isEmpty() || ifName.isEmpty()) {
                throw new CniException(
                        CniException.INVALID_CONFIG,
                        key + ": an entry lacks \"containerID\" or \"ifname\": " + one,
                        "nothing was removed");
            }
            attachments.add(new CniAttachment(container, ifName));
        }
        return attachments;
    }

    /** Calls other plugins. */
    public Delegator delegator() {
        return delegator;
    }

    /** Where free-form messages go: the caller's standard error. */
    public PrintStream log() {
        return log;
    }

    /** The same call with another command, as a delegate gets it. */
    public PluginRequest as(CniCommand other) {
        if (other == command) {
            return this;
        }
        Map<String, String> changed = new HashMap<>(environment);
        changed.put("CNI_COMMAND", other.name());
        return new PluginRequest(other, changed, config, delegator, log);
    }
}
