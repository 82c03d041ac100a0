package dev.kakehashi.cni.result;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

/** The error object of the specification (SPEC "Error"). */
public final class ErrorCodec {
    private ErrorCodec() {}

    /**
     * Writes a failure.
     *
     * @param cniVersion the version in use, as the configuration wrote it; empty when none is known
     */
    public static JsonObject encode(CniException error, String cniVersion) {
        return JsonObject.builder()
                .putUnlessEmpty("cniVersion", cniVersion)
                .put("code", error.code())
                .put("msg", error.msg())
                .putUnlessEmpty("details", error.details())
                .build();
    }

    /**
     * Reads what another plugin printed. Absent fields are 0 and empty.
     *
     * @throws JsonException when a field has the wrong kind
     */
    public static CniException decode(JsonObject json) throws JsonException {
        int code = json.integer("code", CniException.UNKNOWN);
        return new CniException(code, json.string("msg", ""), json.string("details", ""));
    }
}
