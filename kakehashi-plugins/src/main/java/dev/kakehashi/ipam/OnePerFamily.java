package dev.kakehashi.ipam;

import dev.kakehashi.cni.CniException;

import java.util.List;
import java.util.function.Predicate;

/** CNI before 0.3.0 knows one IPv4 and one IPv6 address for an attachment, no more. */
final class OnePerFamily {

    private OnePerFamily() {}

    static <T> void check(String version, List<T> all, Predicate<T> isV6) throws CniException {
        int v6 = 0;
        for (T one : all) {
            v6 += isV6.test(one) ? 1 : 0;
        }
        if (v6 > 1 || all.size() - v6 > 1) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "CNI version " + version + " does not support more than 1 address per family");
        }
    }
}
