package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniDns;

import java.util.Optional;

/** Which DNS settings a result has. */
public final class ResultDns {

    private ResultDns() {}

    /**
     * The configuration's {@code dns} if it says anything, an empty list being something; else what
     * address management answered.
     */
    public static CniDns choose(PluginRequest request, CniDns fromIpam) throws JsonException {
        Optional<JsonObject> configured = request.config().object("dns");
        return configured.isPresent() && CniDns.isSpecified(configured.get())
                ? CniDns.decode(configured.get())
                : fromIpam;
    }
}
