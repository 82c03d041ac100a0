package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.io.IOException;
import java.util.List;

/** Our agents and plugins as the network of a real Kubernetes of three nodes. */
@Tag("kubernetes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubernetesTest {
    private final KubernetesBed bed = new KubernetesBed(new LabSpec("kubetest", 3, 0, "vxlan", 1));

    @BeforeAll
    void up() throws IOException {
        bed.up(List.of());
    }

    @AfterAll
    void down() throws IOException {
        if (System.getProperty("keep") == null) bed.down();
    }

    @Test
    void nodes() throws IOException {
        assertThat(bed.kubectl("get", "nodes")).contains("node3");
    }
}
