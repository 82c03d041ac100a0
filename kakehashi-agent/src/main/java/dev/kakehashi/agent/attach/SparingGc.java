package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonValue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** GC requests that spare more than their caller knows of. */
final class SparingGc {
    /** CNI SPEC, "GC", and the name under which libcni 1.2.0 sent the list. */
    private static final List<String> LISTS =
            List.of("cni.dev/valid-attachments", "cni.dev/attachments");

    private SparingGc() {}

    /**
     * The request with attachments added to its lists of valid ones. Where there is no list, or
     * none that can be read, the request is as it was: the plugin says what is wrong with it.
     */
    static AttachRequest of(AttachRequest request, Collection<CniAttachment> spared) {
        if (spared.isEmpty()) {
            return request;
        }
        try {
            JsonObject config = JsonParser.parseObject(request.stdin());
            for (String list : LISTS) {
                if (config.exact(list).isPresent()) {
                    config = config.with(list, longer(config.array(list), spared));
                }
            }
            return request.withStdin(config.toCompactString().getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            return request;
        }
    }

    private static JsonArray longer(List<JsonValue> valid, Collection<CniAttachment> spared) {
        List<JsonValue> all = new ArrayList<>(valid);
        for (CniAttachment attachment : spared) {
            all.add(
                    JsonObject.builder()
                            .put("containerID", attachment.containerId())
                            .put("ifname", attachment.ifName())
                            .build());
        }
        return new JsonArray(all);
    }
}
