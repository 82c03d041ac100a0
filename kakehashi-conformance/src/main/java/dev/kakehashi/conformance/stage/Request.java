package dev.kakehashi.conformance.stage;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A call of a plugin that is being put together: CNI's variables (SPEC "Parameters") and the
 * configuration on standard input.
 */
public final class Request {
    private final Map<String, String> variables = new LinkedHashMap<>();
    private JsonObject config;
    private Optional<String> rawInput = Optional.empty();

    Request(CniCommand command, JsonObject config) {
        this.config = config;
        variables.put("CNI_COMMAND", command.name());
    }

    /** Sets a variable. */
    public Request set(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    /** Leaves a variable out. */
    public Request without(String variable) {
        variables.remove(variable);
        return this;
    }

    /** Sets a key of the configuration. */
    public Request with(String key, JsonValue value) {
        config = config.with(key, value);
        return this;
    }

    /** Sets a key of the configuration to a text. */
    public Request with(String key, String value) {
        return with(key, new JsonString(value));
    }

    /** Leaves a key of the configuration out. */
    public Request withoutKey(String key) {
        config = config.without(key);
        return this;
    }

    /** Says which attachments are valid (SPEC section 4, GC). */
    public Request valid(Pod... pods) {
        JsonValue[] list = new JsonValue[pods.length];
        for (int i = 0; i < pods.length; i++) {
            list[i] =
                    JsonObject.builder()
                            .put("containerID", pods[i].id())
                            .put("ifname", Stage.IF_NAME)
                            .build();
        }
        return with("cni.dev/valid-attachments", JsonArray.of(list));
    }

    /** Says that one attachment is valid and no other. */
    public Request validOnly(Pod pod, String ifName) {
        return with(
                "cni.dev/valid-attachments",
                JsonArray.of(
                        JsonObject.builder()
                                .put("containerID", pod.id())
                                .put("ifname", ifName)
                                .build()));
    }

    /** Gives this text on standard input, whatever it is. */
    public Request input(String text) {
        rawInput = Optional.of(text);
        return this;
    }

    Map<String, String> variables() {
        return variables;
    }

    /** What is given on standard input. */
    public String stdin() {
        return rawInput.orElseGet(config::toCompactString);
    }

    byte[] stdinBytes() {
        return stdin().getBytes(StandardCharsets.UTF_8);
    }

    /** The call as a line for a shell. */
    public String shell(String binary) {
        StringBuilder line = new StringBuilder();
        variables.forEach((name, value) ->
                line.append(name).append('=').append(ShellWord.quote(value)).append(' '));
        return line.append(binary).append(" <<< ").append(ShellWord.quote(stdin())).toString();
    }
}
