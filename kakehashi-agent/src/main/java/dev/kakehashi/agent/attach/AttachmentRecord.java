package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.ResultCodec;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an ADD was asked and what it answered: enough to describe again what it made.
 *
 * @param bootId the boot in which it was made: of an earlier one nothing is in the kernel
 * @param plugin the plugin's type
 * @param variables the CNI_* variables that describe the attachment
 * @param config the plugin's configuration
 * @param result what it answered
 */
record AttachmentRecord(
        String bootId,
        String plugin,
        Map<String, String> variables,
        JsonObject config,
        JsonObject result) {
    private static final List<String> KEPT =
            List.of("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH");

    AttachmentRecord {
        variables = Map.copyOf(variables);
    }

    static AttachmentRecord of(String bootId, AttachRequest request, Answer answer)
            throws JsonException {
        Map<String, String> variables = new HashMap<>();
        KEPT.forEach(name -> variables.put(name, request.variable(name)));
        return new AttachmentRecord(
                bootId,
                request.plugin(),
                variables,
                JsonParser.parseObject(request.stdin()),
                JsonParser.parseObject(answer.stdout()));
    }

    byte[] encode() {
        JsonObject.Builder named = JsonObject.builder();
        variables.forEach(named::put);
        return JsonObject.builder()
                .put("bootId", bootId)
                .put("plugin", plugin)
                .put("variables", named.build())
                .put("config", config)
                .put("result", result)
                .build()
                .toCompactString()
                .getBytes(StandardCharsets.UTF_8);
    }

    static AttachmentRecord decode(byte[] bytes) throws JsonException {
        JsonObject json = JsonParser.parseObject(bytes);
        JsonObject named = json.object("variables").orElse(JsonObject.EMPTY);
        Map<String, String> variables = new HashMap<>();
        for (String name : KEPT) {
            variables.put(name, named.string(name, ""));
        }
        return new AttachmentRecord(
                json.string("bootId", ""),
                json.string("plugin", ""),
                variables,
                json.object("config").orElse(JsonObject.EMPTY),
                json.object("result").orElse(JsonObject.EMPTY));
    }

    String containerId() {
        return variables.getOrDefault("CNI_CONTAINERID", "");
    }

    /** The name that the runtime gave for the container's network namespace. */
    String netns() {
        return variables.getOrDefault("CNI_NETNS", "");
    }

    /** The gateways of its addresses; none where the result cannot be read. */
    Set<InetAddress> gateways() {
        Set<InetAddress> gateways = new HashSet<>();
        try {
            ResultCodec.decode(result).ips().forEach(ip -> ip.gateway().ifPresent(gateways::add));
        } catch (CniException e) {
            return Set.of(); // whoever restores it says so
        }
        return gateways;
    }
}
