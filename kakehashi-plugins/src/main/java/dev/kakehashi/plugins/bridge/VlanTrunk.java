package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;

/** Reads {@code vlanTrunk}: a list of {@code {id}} and {@code {minID, maxID}}. */
final class VlanTrunk {

    private static final int MAX = 4094;

    private VlanTrunk() {}

    /**
     * The VLANs, in ascending order, each once.
     *
     * @throws CniException with the text of the reference plugin
     */
    static List<Integer> parse(List<JsonObject> entries) throws CniException {
        BitSet ids = new BitSet(MAX + 1);
        for (JsonObject entry : entries) {
            OptionalLong min = entry.integer("minID");
            OptionalLong max = entry.integer("maxID");
            if (min.isPresent() && max.isPresent()) {
                int first = id(min.getAsLong(), "minID");
                int last = id(max.getAsLong(), "maxID");
                if (last < first) {
                    throw invalid("minID is greater than maxID in trunk parameter");
                }
                ids.set(first, last + 1);
            } else if (min.isPresent() || max.isPresent()) {
                throw invalid(
                        "minID and maxID should be configured simultaneously, "
                                + (min.isPresent() ? "maxID" : "minID")
                                + " is missing");
            }
            OptionalLong id = entry.integer("id");
            if (id.isPresent()) {
                ids.set(id(id.getAsLong(), "id"));
            }
        }
        List<Integer> sorted = new ArrayList<>();
        ids.stream().forEach(sorted::add);
        return sorted;
    }

    private static int id(long number, String key) throws CniException {
        if (number <= 0 || number > MAX) {
            throw invalid("incorrect trunk " + key + " parameter");
        }
        return (int) number;
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
