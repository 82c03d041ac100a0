package dev.kakehashi.linux.probe;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;

/** Tries a feature. */
@FunctionalInterface
public interface FeatureTest {
    /**
     * Uses the feature in a fresh namespace.
     *
     * @throws dev.kakehashi.linux.LinuxException when the kernel refuses it
     * @throws FeatureMissingException when the kernel takes it but does not do it
     */
    void run(Netns scratch) throws IOException;
}
