package dev.kakehashi.plugins.bandwidth;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.List;

/**
 * Which traffic is limited: by the far side's address, the source of what goes to the container and
 * the destination of what comes from it. The keys are those of release 1.5 of the reference plugin,
 * which took them back since packets waited too long in its classes; here what is not limited
 * passes by the bucket, and nothing else changes.
 *
 * @param subnets of either family, without host bits
 * @param only whether these alone are limited; else all but these
 */
record Selection(List<IpPrefix> subnets, boolean only) {

    /** Everything is limited. */
    static final Selection ALL = new Selection(List.of(), false);

    /** A filter for each, and one for the rest. */
    private static final int MAX = 1_000;

    private static final String SHAPED = "shapedSubnets";
    private static final String UNSHAPED = "unshapedSubnets";

    /**
     * Reads {@code shapedSubnets} or {@code unshapedSubnets}.
     *
     * @throws CniException code 6 or 7
     */
    static Selection parse(JsonObject json) throws CniException {
        List<IpPrefix> shaped = subnets(json.strings(SHAPED));
        List<IpPrefix> unshaped = subnets(json.strings(UNSHAPED));
        if (!shaped.isEmpty() && !unshaped.isEmpty()) {
            throw invalid(
                    "unshapedSubnets and shapedSubnets cannot be both specified, one of them should"
                            + " be discarded");
        }
        return new Selection(shaped.isEmpty() ? unshaped : shaped, !shaped.isEmpty());
    }

    private static List<IpPrefix> subnets(List<String> texts) throws CniException {
        List<IpPrefix> subnets = new ArrayList<>(texts.size());
        for (String text : texts) {
            try {
                IpPrefix subnet = IpPrefix.parse(text).network();
                if (!subnets.contains(subnet)) {
                    subnets.add(subnet);
                }
            } catch (IllegalArgumentException e) {
                throw invalid("bad subnet \"" + text + "\" provided, details " + e.getMessage());
            }
        }
        if (subnets.size() > MAX) {
            throw invalid(subnets.size() + " subnets are more than " + MAX);
        }
        return List.copyOf(subnets);
    }

    private static CniException invalid(String text) {
        return new CniException(CniException.INVALID_CONFIG, text);
    }

    /** Whether there is no choice to be made. */
    boolean isAll() {
        return subnets.isEmpty();
    }
}
