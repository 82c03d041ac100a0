package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.ErrorCodec;

import java.nio.charset.StandardCharsets;

/** Failures around a plugin, in the form in which a plugin reports its own. */
final class CniErrors {
    private CniErrors() {}

    /** The answer of a call that failed before its plugin ran. */
    static Answer answer(AttachRequest request, int code, String msg, String details) {
        CniException error = new CniException(code, msg, details);
        return Answer.failure(
                ErrorCodec.encode(error, version(request.stdin()))
                        .toPrettyString()
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** What an error object says, for a log. */
    static String oneLine(byte[] stdout) {
        try {
            CniException error = ErrorCodec.decode(JsonParser.parseObject(stdout));
            return error.getMessage() + " (code " + error.code() + ")";
        } catch (JsonException e) {
            return new String(stdout, StandardCharsets.UTF_8).replace('\n', ' ');
        }
    }

    private static String version(byte[] config) {
        try {
            return JsonParser.parseObject(config)
                    .string("cniVersion", CniVersion.CURRENT.toString());
        } catch (JsonException e) {
            return CniVersion.CURRENT.toString();
        }
    }
}
