package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.json.JsonObject;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

class WatchOptionTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static View view(String... lines) {
        return new View(
                JsonObject.builder().put("lines", List.of(lines)).build(),
                (_, printer) -> List.of(lines).forEach(printer::println),
                lines.length);
    }

    private int watch(OutputFormat format, boolean terminal, View... views) throws Exception {
        Deque<View> looks = new ArrayDeque<>(List.of(views));
        return new WatchOption()
                .show(
                        format,
                        looks::remove,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        terminal,
                        views.length);
    }

    @Test
    void aPipe_getsWhatChanged() throws Exception {
        int status =
                watch(OutputFormat.TABLE, false, view("a", "b"), view("a", "b"), view("a", "c"));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .matches("a\nb\n# 20[0-9T:-]+Z\n- b\n\\+ c\n");
        assertThat(status).isEqualTo(2);
    }

    @Test
    void aTerminal_isDrawnAnewWhenSomethingChanged() throws Exception {
        watch(OutputFormat.TABLE, true, view("a"), view("a"), view("b"));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("\u001b[H\u001b[2Ja\n\u001b[H\u001b[2Jb\n");
    }

    @Test
    void programs_getTheWholeAtEachChange() throws Exception {
        watch(OutputFormat.YAML, false, view("a"), view("a"), view("b"));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("lines:\n- a\nlines:\n- b\n");
    }

    @Test
    void aLookThatFailsAtOnce_isAnError_andALaterOneIsNot() throws Exception {
        assertThatThrownBy(() ->
                        new WatchOption()
                                .show(
                                        OutputFormat.TABLE,
                                        () -> {
                                            throw new IOException("nobody answers");
                                        },
                                        System.out,
                                        false,
                                        1))
                .hasMessage("nobody answers");
        Deque<View> looks = new ArrayDeque<>(List.of(view("a"), view("a")));
        int[] count = {0};
        int status =
                new WatchOption()
                        .show(
                                OutputFormat.TABLE,
                                () -> {
                                    if (count[0]++ == 1) {
                                        throw new IOException("it is away");
                                    }
                                    return looks.remove();
                                },
                                new PrintStream(out, true, StandardCharsets.UTF_8),
                                false,
                                3);
        assertThat(status).isEqualTo(1);
        assertThat(looks).isEmpty();
    }

    @Test
    void lines_thatAreThereTwice_areCounted() {
        assertThat(LineChanges.between("a\na\nb\n", "b\na\nc\n")).isEqualTo("- a\n+ c\n");
        assertThat(LineChanges.between("a\n", "a\n")).isEmpty();
    }
}
