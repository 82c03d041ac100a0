package dev.kakehashi.cli;

import java.io.Console;
import java.util.Optional;

/** How text looks on a terminal (ECMA-48, select graphic rendition). */
enum Style {
    PLAIN(""),
    STRONG("1"),
    FAINT("2"),
    GOOD("32"),
    BAD("1;31"),
    NOTABLE("36");

    private static final String ESCAPE = "\u001b[";
    private static final boolean COLOURS = coloursWanted();

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The text in this style; unchanged where nobody looks or no colours are wanted. */
    String of(String text) {
        return !COLOURS || code.isEmpty() || text.isEmpty()
                ? text
                : ESCAPE + code + "m" + text + ESCAPE + "0m";
    }

    /** Whether standard output is a terminal. */
    static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    /** See no-color.org and terminfo(5), "dumb". */
    private static boolean coloursWanted() {
        String noColour = System.getenv("NO_COLOR");
        if ((noColour != null && !noColour.isEmpty()) || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        return isTerminal();
    }
}
