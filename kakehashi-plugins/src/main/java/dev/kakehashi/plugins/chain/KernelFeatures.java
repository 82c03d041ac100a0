package dev.kakehashi.plugins.chain;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.probe.Feature;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.FeatureResult;
import dev.kakehashi.linux.probe.Features;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What STATUS asks of the kernel. What was found once is believed for good; what is missing is
 * looked for again each time, for somebody may load a module. For STATUS only: ADD does not ask, it
 * tries.
 */
public final class KernelFeatures {

    private static final Set<String> FOUND = ConcurrentHashMap.newKeySet();

    private KernelFeatures() {}

    /**
     * Makes sure that the kernel has what a plugin needs of it. What cannot be found out passes.
     *
     * @param names of {@link Features}
     * @throws CniException code 50 naming the first that is missing
     */
    public static void require(String... names) throws CniException {
        for (String name : names) {
            if (!FOUND.contains(name)) {
                look(Features.named(name).orElseThrow());
            }
        }
    }

    private static void look(Feature feature) throws CniException {
        switch (FeatureProbe.probe(feature)) {
            case FeatureResult.Supported() -> FOUND.add(feature.name());
            case FeatureResult.Missing missing ->
                    throw new CniException(
                            CniException.PLUGIN_NOT_AVAILABLE,
                            "the kernel lacks " + feature.name(),
                            feature.method()
                                    + ": "
                                    + missing.reason()
                                    + "; load or install the module that brings it");
            case FeatureResult.Unknown _ -> {}
        }
    }
}
