package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.config.PluginConfig;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.result.EncodedResult;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Derives what a plugin reads from what the administrator wrote (SPEC section 3, "Deriving request
 * configuration").
 */
final class RequestConfig {
    private JsonObject json;

    private RequestConfig(JsonObject json) {
        this.json = json;
    }

    /**
     * The configuration with the network's name and version. {@code capabilities} is for the
     * runtime alone.
     */
    static RequestConfig of(String network, String cniVersion, PluginConfig plugin) {
        return new RequestConfig(
                plugin.json()
                        .with("name", new JsonString(network))
                        .with("cniVersion", new JsonString(cniVersion))
                        .without("capabilities"));
    }

    /**
     * Adds what the runtime supplies for the capabilities the plugin declares. Supplying nothing
     * leaves the key as the administrator wrote it, against the specification but as existing
     * configurations expect.
     */
    RequestConfig withCapabilityArgs(PluginConfig plugin, JsonObject capabilityArgs) {
        JsonObject.Builder supplied = JsonObject.builder();
        boolean any = false;
        for (String capability : plugin.capabilities()) {
            Optional<JsonValue> value = capabilityArgs.exact(capability);
            if (value.isPresent()) {
                supplied.put(capability, value.get());
                any = true;
            }
        }
        if (any) {
            json = json.with("runtimeConfig", supplied.build());
        }
        return this;
    }

    /** Adds the previous result, in the configuration's version. */
    RequestConfig withPrevResult(EncodedResult result) {
        json = json.with("prevResult", result.json());
        return this;
    }

    /**
     * Adds the attachments GC must spare, also under the name early implementations of 1.1.0 read.
     */
    RequestConfig withValidAttachments(Collection<CniAttachment> attachments) {
        List<JsonValue> list = new ArrayList<>(attachments.size());
        for (CniAttachment attachment : attachments) {
            list.add(
                    JsonObject.builder()
                            .put("containerID", attachment.containerId())
                            .put("ifname", attachment.ifName())
                            .build());
        }
        JsonArray array = new JsonArray(list);
        json = json.with("cni.dev/valid-attachments", array).with("cni.dev/attachments", array);
        return this;
    }

    byte[] encode() {
        return json.toCompactString().getBytes(StandardCharsets.UTF_8);
    }
}
