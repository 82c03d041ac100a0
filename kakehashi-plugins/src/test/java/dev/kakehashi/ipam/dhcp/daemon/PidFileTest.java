package dev.kakehashi.ipam.dhcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

class PidFileTest {

    @TempDir Path directory;

    @Test
    void file_hasTheNumberOfTheProcess_whileItRuns() throws Exception {
        Path file = directory.resolve("pid");
        try (PidFile _ = PidFile.write(file.toString())) {
            assertThat(file).hasContent(Long.toString(ProcessHandle.current().pid()));
        }
        assertThat(file).doesNotExist();
        try (PidFile none = PidFile.write("")) {
            assertThat(none.path()).isEmpty();
        }
    }

    @Test
    void pathThatCannotBe_isRefusedInTheReferencePluginsWords() {
        assertThatThrownBy(() -> PidFile.write("run/pid"))
                .isInstanceOf(IOException.class)
                .hasMessage("Error writing pidfile \"run/pid\": path not absolute");
        Path nowhere = directory.resolve("missing/pid");
        assertThatThrownBy(() -> PidFile.write(nowhere.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("Error writing pidfile \"" + nowhere + "\": ");
    }
}
