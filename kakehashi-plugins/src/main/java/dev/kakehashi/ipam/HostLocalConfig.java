package dev.kakehashi.ipam;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniRoute;

import java.util.ArrayList;
import java.util.List;

/**
 * The configuration of {@code host-local}: its {@code ipam} object and what the runtime adds.
 *
 * @param sets one address is given from each
 * @param requested addresses that somebody wants to have
 * @param routes copied into the result
 * @param resolvConf a file in the form of resolv.conf(5) to read the result's DNS from; empty for
 *     none
 * @param releaseAfterReboot whether what an earlier boot reserved is given back
 */
record HostLocalConfig(
        List<RangeSet> sets,
        List<IpNumber> requested,
        List<CniRoute> routes,
        String resolvConf,
        boolean releaseAfterReboot) {

    /**
     * Reads and checks everything that ADD needs.
     *
     * @throws CniException with the text of the reference plugin
     */
    static HostLocalConfig parse(PluginRequest request) throws CniException {
        JsonObject ipam = ipam(request);
        List<RangeSet> sets = sets(ipam, request.runtimeConfig());
        if (!CniVersion.parse(request.cniVersion()).atLeast(CniVersion.V0_3_0)) {
            OnePerFamily.check(request.cniVersion(), sets, RangeSet::v6);
        }
        return new HostLocalConfig(
                sets,
                RequestedAddresses.of(request),
                CniRoute.decodeAll(ipam),
                ipam.string("resolvConf", ""),
                ipam.bool("releaseAfterReboot", true));
    }

    /** The {@code ipam} object. */
    static JsonObject ipam(PluginRequest request) throws CniException {
        return request.config()
                .object("ipam")
                .orElseThrow(() -> invalid("IPAM config missing 'ipam' key"));
    }

    private static List<RangeSet> sets(JsonObject ipam, JsonObject runtimeConfig)
            throws CniException {
        List<List<Range.Spec>> specs = new ArrayList<>();
        addSets(specs, runtimeConfig, "ipRanges");
        if (ipam.has("subnet")) {
            specs.add(List.of(RangeSpecs.of(ipam)));
        }
        addSets(specs, ipam, "ranges");
        if (specs.isEmpty()) {
            throw invalid("no IP ranges specified");
        }
        List<RangeSet> sets = new ArrayList<>(specs.size());
        for (List<Range.Spec> spec : specs) {
            try {
                sets.add(RangeSet.of(spec));
            } catch (InvalidRangeException e) {
                throw invalid("invalid range set " + sets.size() + ": " + e.getMessage());
            }
        }
        for (int i = 0; i < sets.size(); i++) {
            for (int j = i + 1; j < sets.size(); j++) {
                if (sets.get(i).overlaps(sets.get(j))) {
                    throw invalid("range set " + i + " overlaps with " + j);
                }
            }
        }
        return sets;
    }

    private static void addSets(List<List<Range.Spec>> specs, JsonObject json, String key)
            throws JsonException {
        for (JsonValue set : json.array(key)) {
            if (!(set instanceof JsonArray ranges)) {
                throw new JsonException("\"" + key + "\" must be a list of lists of ranges");
            }
            List<Range.Spec> specsOfSet = new ArrayList<>();
            for (JsonValue range : ranges.values()) {
                if (!(range instanceof JsonObject object)) {
                    throw new JsonException("\"" + key + "\" must be a list of lists of ranges");
                }
                specsOfSet.add(RangeSpecs.of(object));
            }
            specs.add(specsOfSet);
        }
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
