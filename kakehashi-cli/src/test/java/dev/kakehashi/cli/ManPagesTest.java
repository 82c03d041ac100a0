package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class ManPagesTest {
    private static final List<String> REQUESTS =
            List.of(".TH ", ".nh", ".ad l", ".SH ", ".TP", ".B ", ".I ", ".BR ");

    @TempDir Path folder;

    @Test
    void everyCommandHasAPage_thatIsNothingButManPage() throws IOException {
        ManPages.main(new String[] {folder.toString()});

        assertThat(folder)
                .isDirectoryContaining("glob:**/kakehashi.1")
                .isDirectoryContaining("glob:**/kakehashi-status.1")
                .isDirectoryContaining("glob:**/kakehashi-lab-up.1");
        try (Stream<Path> pages = Files.list(folder)) {
            for (Path page : pages.toList()) {
                List<String> lines = Files.readAllLines(page);
                assertThat(lines.getFirst()).as("%s", page).startsWith(".TH \"KAKEHASHI");
                assertThat(lines).contains(".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION");
                for (String line : lines) {
                    assertThat(line).as("%s", page).doesNotContain("${").doesNotStartWith("'");
                    if (line.startsWith(".")) {
                        assertThat(REQUESTS).as("%s: %s", page, line).anyMatch(line::startsWith);
                    }
                }
            }
        }
        assertThat(Files.readString(folder.resolve("kakehashi-status.1")))
                .contains(".SH SYNOPSIS\nkakehashi status [")
                .contains("\\fB-o, --output\\fR".replace("-", "\\-"))
                .contains("One of: table, wide, json, yaml (default: table).")
                .contains(".SH SEE ALSO\n.BR kakehashi (1)\n");
    }
}
