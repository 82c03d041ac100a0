package dev.kakehashi.linux.probe;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds out what this kernel can do. Each feature is tried in a network namespace of its own that
 * ends with the test, so nothing is left and nothing of the machine is touched. (The kernel may
 * load modules on the way, as for any user of them.)
 */
public final class FeatureProbe {
    private FeatureProbe() {}

    /** Tries one feature; a millisecond or less. */
    public static FeatureResult probe(Feature feature) {
        try (Netns scratch = Netns.create()) {
            feature.test().run(scratch);
            return new FeatureResult.Supported();
        } catch (LinuxException e) {
            return e.is(Errno.EPERM) || e.is(Errno.EACCES)
                    ? new FeatureResult.Unknown(
                            "not permitted, run as root: " + String.valueOf(e.getMessage()))
                    : new FeatureResult.Missing(e.errno(), String.valueOf(e.getMessage()));
        } catch (FeatureMissingException e) {
            return new FeatureResult.Missing(0, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new FeatureResult.Unknown(e.toString());
        }
    }

    /** Tries all of {@link Features#ALL}, in its order. */
    public static Map<Feature, FeatureResult> probeAll() {
        Map<Feature, FeatureResult> results = new LinkedHashMap<>();
        for (Feature feature : Features.ALL) {
            results.put(feature, probe(feature));
        }
        return results;
    }
}
