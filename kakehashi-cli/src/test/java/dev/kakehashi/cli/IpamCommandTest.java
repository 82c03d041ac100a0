package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code kakehashi ipam} over a store, without a node. */
class IpamCommandTest {
    @TempDir Path store;

    @BeforeEach
    void fill() throws IOException {
        Files.createDirectories(store.resolve("networks"));
        Files.writeString(
                network(),
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: Network
                metadata: {name: pods}
                spec: {cidrs: [10.244.0.0/16], ipam: {type: pools}}
                """);
        Files.createDirectories(store.resolve("ippools"));
        Files.writeString(
                store.resolve("ippools/more.yaml"),
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: IPPool
                metadata: {name: more}
                spec: {network: pods, cidr: 10.244.8.0/24}
                """);
    }

    private Path network() {
        return store.resolve("networks/pods.yaml");
    }

    private Captured run(String command, String network) {
        return Captured.of(() ->
                Kakehashi.run("ipam", command, "--store", store.toString(), "--network", network));
    }

    @Test
    void networkThatIs_isLookedAt() throws IOException {
        assertThat(run("check", "pods").out()).isEqualTo("all fits\n");
        assertThat(run("show", "pods").out()).contains("10.244.8.0/24");

        Files.delete(network());
        assertThat(run("show", "pods").out()).contains("10.244.8.0/24");
    }

    /** Of a Network that nobody knows nothing is found, as where all is well. */
    @Test
    void networkThatIsNot_isRefused_andThoseThatAreAreNamed() throws IOException {
        for (String command : new String[] {"check", "show"}) {
            Captured refused = run(command, "default");
            assertThat(refused.status()).as(command).isEqualTo(2);
            assertThat(refused.err())
                    .contains("no Network \"default\" in the store " + store)
                    .contains("say --network, one of pods");
            assertThat(refused.out()).doesNotContain("all fits");
        }

        Files.delete(network());
        Files.delete(store.resolve("ippools/more.yaml"));
        assertThat(run("check", "default").err()).contains("there is none at all");
    }
}
