package dev.kakehashi.agent.bird;

import java.util.ArrayList;
import java.util.List;

/**
 * What BIRD says to one command: lines with a code of four digits, of which the first says what
 * kind of line it is: 0 the end, 1 and 2 a table, 8 and 9 an error (BIRD, doc/reply_codes).
 *
 * @param lines in their order
 */
record BirdReply(List<Line> lines) {
    private static final int CODE_DIGITS = 4;
    private static final int FIRST_ERROR = 8000;

    /**
     * One line.
     *
     * @param code its kind
     * @param text what follows
     */
    record Line(int code, String text) {}

    BirdReply {
        lines = List.copyOf(lines);
    }

    /** Whether a text holds a reply whole: its last line has a space after the code. */
    static boolean isWhole(String text) {
        int start = text.lastIndexOf('\n', text.length() - 2) + 1;
        return text.endsWith("\n")
                && text.length() - start > CODE_DIGITS
                && isCode(text, start)
                && text.charAt(start + CODE_DIGITS) == ' ';
    }

    /** Reads lines; one that begins with a space has the code of the line before. */
    static BirdReply parse(String text) {
        List<Line> lines = new ArrayList<>();
        int code = 0;
        for (String line : text.lines().toList()) {
            if (isCode(line, 0)) {
                code = Integer.parseInt(line.substring(0, CODE_DIGITS));
                lines.add(new Line(code, line.length() > CODE_DIGITS ? line.substring(5) : ""));
            } else {
                lines.add(new Line(code, line.startsWith(" ") ? line.substring(1) : line));
            }
        }
        return new BirdReply(lines);
    }

    private static boolean isCode(String text, int start) {
        if (text.length() < start + CODE_DIGITS) {
            return false;
        }
        for (int i = start; i < start + CODE_DIGITS; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** What is wrong; empty when nothing is. */
    String error() {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            if (line.code() >= FIRST_ERROR) {
                text.append(text.isEmpty() ? "" : "; ").append(line.text().strip());
            }
        }
        return text.toString();
    }
}
