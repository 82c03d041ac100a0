package dev.kakehashi.cni.result;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The answer to VERSION (SPEC "VERSION"). */
public final class VersionInfo {
    private VersionInfo() {}

    /** The answer of a plugin, on one line with a newline, as the reference prints it. */
    public static byte[] encode(List<CniVersion> supported) {
        List<String> versions = new ArrayList<>(supported.size());
        for (CniVersion version : supported) {
            versions.add(version.toString());
        }
        JsonObject json =
                JsonObject.builder()
                        .put("cniVersion", CniVersion.CURRENT.toString())
                        .put("supportedVersions", versions)
                        .build();
        return (json.toCompactString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The versions an answer lists, as written. An answer of 0.2.0 need not list any: it knows
     * 0.1.0 and itself.
     *
     * @throws CniException code 6 when it is no such answer
     */
    public static List<String> decode(byte[] answer) throws CniException {
        String version;
        List<String> supported;
        try {
            JsonObject json = JsonParser.parseObject(answer);
            version = json.string("cniVersion", "");
            supported = json.strings("supportedVersions");
        } catch (JsonException e) {
            throw e.because("decoding version info");
        }
        if (version.isEmpty()) {
            throw missing("cniVersion");
        }
        if (!supported.isEmpty()) {
            return supported;
        }
        if (version.equals("0.2.0")) {
            return List.of("0.1.0", "0.2.0");
        }
        throw missing("supportedVersions");
    }

    private static CniException missing(String field) {
        return new CniException(
                CniException.DECODING_FAILURE, "decoding version info: missing field " + field);
    }
}
