package dev.kakehashi.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.engine.Diff;
import dev.kakehashi.state.engine.ObservedState;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a description would do to an empty host and container, as text that people have read. */
public final class GoldenPlan {

    /** With {@code -Dplans.write=true} the texts are written instead of compared. */
    private static final String WRITE = "plans.write";

    private static final Path FOLDER = Path.of("src/test/resources/plans");

    private GoldenPlan() {}

    public static void assertPlan(DesiredState state, String name) throws IOException {
        Path file = FOLDER.resolve(name + ".txt");
        String plan = Diff.between(state, ObservedState.EMPTY).toString().strip() + "\n";
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(file, plan);
        }
        assertThat(plan)
                .as("%s; -D%s=true writes it", file, WRITE)
                .isEqualTo(Files.readString(file));
    }
}
