package dev.kakehashi.lab;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.util.Optional;

/**
 * A {@link KubernetesBed} with Kakehashi on it and pods that are asked, and what a test does with
 * each. They are there before anything of the class runs.
 *
 * @param network the Network that is there before the agents, with its pools, if it is not that of
 *     the manifest
 * @param pods how many there are
 */
record KubernetesScene(
        KubernetesBed bed,
        Optional<String> network,
        int pods,
        KubernetesReach reach,
        KubernetesAgents agents,
        KubernetesEnd end)
        implements BeforeAllCallback, AfterAllCallback {

    private KubernetesScene(KubernetesBed bed, Optional<String> network, int pods) {
        this(
                bed,
                network,
                pods,
                new KubernetesReach(bed),
                new KubernetesAgents(bed),
                new KubernetesEnd(bed));
    }

    /** With the Network of the manifest. */
    static KubernetesScene of(KubernetesBed bed, int pods) {
        return new KubernetesScene(bed, Optional.empty(), pods);
    }

    /** With another Network. */
    static KubernetesScene of(KubernetesBed bed, String network, int pods) {
        return new KubernetesScene(bed, Optional.of(network), pods);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        bed.beforeAll(context);
        if (network.isPresent()) {
            bed.install(network.get());
        } else {
            bed.install();
        }
        reach.start(pods);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        bed.afterAll(context);
    }
}
