package dev.kakehashi.cni.result;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;

/**
 * A result in the encoding of a version, as plugins and runtimes exchange it.
 *
 * @param cniVersion the version; empty for 0.1.0
 * @param json the result
 */
public record EncodedResult(String cniVersion, JsonObject json) {

    /**
     * Reads a result in the version it names; none named means 0.1.0.
     *
     * @throws CniException code 6 when it is no result
     */
    public static EncodedResult of(JsonObject json) throws CniException {
        String version = json.string("cniVersion", "");
        return new EncodedResult(version, ResultCodec.convert(json, version, version));
    }

    /**
     * What the result says.
     *
     * @throws CniException code 6 when it is not of its version's form
     */
    public CniResult decode() throws CniException {
        return ResultCodec.decode(cniVersion, json);
    }

    /**
     * The same result in another version.
     *
     * @throws CniException code 6 when that version cannot say it
     */
    public EncodedResult as(String otherVersion) throws CniException {
        return new EncodedResult(otherVersion, ResultCodec.convert(json, cniVersion, otherVersion));
    }
}
