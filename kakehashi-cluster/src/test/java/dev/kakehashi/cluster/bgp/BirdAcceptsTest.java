package dev.kakehashi.cluster.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What is written of what BIRD is told, BIRD understands. */
@Tag("peers")
class BirdAcceptsTest {
    private static final Path BIRD =
            Path.of(System.getProperty("kakehashi.peers", "")).resolve("bird/bird");

    static List<Path> configurations() throws IOException {
        try (Stream<Path> files = Files.list(BirdGoldenTest.GOLDEN)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void configuration_isUnderstood(Path configuration) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(BIRD), "no " + BIRD + ": scripts/peers/setup.sh");
        Process bird =
                new ProcessBuilder(BIRD.toString(), "-p", "-c", configuration.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(bird.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(bird.waitFor()).as(said).isZero();
    }
}
