package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;

/** Paths that a configuration names. */
public final class ConfiguredPath {

    private ConfiguredPath() {}

    /**
     * A path; empty when there is none.
     *
     * @throws CniException code 6 when it is no text, code 7 when no path can be so
     */
    public static String read(JsonObject json, String key) throws CniException {
        String path = json.string(key, "");
        if (path.indexOf('\0') >= 0) {
            throw new CniException(
                    CniException.INVALID_CONFIG, key + ": a path has no NUL character");
        }
        return path;
    }
}
