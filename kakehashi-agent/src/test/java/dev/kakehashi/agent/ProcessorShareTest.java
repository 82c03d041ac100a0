package dev.kakehashi.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ProcessorShareTest {
    @TempDir Path process;

    private String groupOf(String stat) throws IOException {
        Files.createDirectory(process.resolve("task"));
        Files.writeString(process.resolve("stat"), stat);
        Files.writeString(process.resolve("autogroup"), "");
        new ProcessorShare(process).ask(-10);
        return Files.readString(process.resolve("autogroup"));
    }

    @Test
    void aSessionOfItsOwn_goesBeforeOthersToo() throws IOException {
        assertThat(groupOf("12 (a) S (b) S 1 12 12 0 -1 4194560 1")).isEqualTo("-10");
    }

    @Test
    void aSessionOfOthers_isLeftAsItIs() throws IOException {
        assertThat(groupOf("12 (a) S (b) S 1 12 11 0 -1 4194560 1")).isEmpty();
    }

    @Test
    void aKernelWithoutGroupsOfSessions_isNoError() throws IOException {
        Files.createDirectory(process.resolve("task"));
        new ProcessorShare(process).ask(-10);
        assertThat(process.resolve("autogroup")).doesNotExist();
    }
}
