package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.result.EncodedResult;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The content of a cache file: libcni's, because other runtimes of the host read and write the same
 * files.
 */
final class CacheCodec {
    static final String KIND = "cniCacheV1";

    private CacheCodec() {}

    static byte[] encode(CachedAttachment attachment) {
        RuntimeConf conf = attachment.conf();
        JsonObject.Builder out =
                JsonObject.builder()
                        .put("kind", KIND)
                        .put("containerId", conf.containerId())
                        .put("config", base64(attachment.config()))
                        .put("ifName", conf.ifName())
                        .put("networkName", attachment.networkName())
                        .putUnlessEmpty("netns", conf.netns());
        if (!conf.args().isEmpty()) {
            List<JsonValue> pairs = new ArrayList<>(conf.args().size());
            for (CniArg arg : conf.args()) {
                pairs.add(JsonArray.ofStrings(List.of(arg.key(), arg.value())));
            }
            out.put("cniArgs", new JsonArray(pairs));
        }
        if (!conf.capabilityArgs().isEmpty()) {
            out.put("capabilityArgs", conf.capabilityArgs().sorted());
        }
        if (attachment.result().isPresent()) {
            out.put("result", attachment.result().get().json().sorted());
        }
        return out.build().toCompactString().getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the object is a cache entry, not a bare result as older versions wrote. */
    static boolean isEntry(JsonObject json) {
        return json.find("kind").equals(Optional.of(new JsonString(KIND)));
    }

    /**
     * Reads all but the result, which may be broken without harm to the rest.
     *
     * @throws CniException code 6 when a field has the wrong form
     */
    static CachedAttachment decode(JsonObject json) throws CniException {
        List<CniArg> args = new ArrayList<>();
        for (JsonValue pair : json.array("cniArgs")) {
            if (!(pair instanceof JsonArray array
                    && array.values().size() == 2
                    && array.values().get(0) instanceof JsonString key
                    && array.values().get(1) instanceof JsonString value)) {
                throw new JsonException("\"cniArgs\" must hold pairs of strings");
            }
            args.add(new CniArg(key.value(), value.value()));
        }
        RuntimeConf conf =
                new RuntimeConf(
                        json.string("containerId", ""),
                        json.string("netns", ""),
                        json.string("ifName", ""),
                        args,
                        json.object("capabilityArgs").orElse(JsonObject.EMPTY));
        return new CachedAttachment(
                json.string("networkName", ""), conf, config(json), Optional.empty());
    }

    private static String config(JsonObject json) throws JsonException {
        try {
            byte[] config = Base64.getDecoder().decode(json.string("config", ""));
            return new String(config, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new JsonException("\"config\" is not base64: " + e.getMessage(), e);
        }
    }

    /**
     * Reads the result of an entry, or the bare result a file of the older form is.
     *
     * @throws CniException code 6 when it is none
     */
    static Optional<EncodedResult> decodeResult(JsonObject json) throws CniException {
        if (!isEntry(json)) {
            return Optional.of(EncodedResult.of(json));
        }
        Optional<JsonObject> result = json.object("result");
        return result.isEmpty() ? Optional.empty() : Optional.of(EncodedResult.of(result.get()));
    }
}
