package dev.kakehashi.cli;

import java.util.ArrayList;
import java.util.List;

/** Which lines of a text came and went: pure, and without regard to their order. */
final class LineChanges {
    private LineChanges() {}

    /** The lines that went, each after a minus, then those that came, each after a plus. */
    static String between(String before, String now) {
        List<String> gone = new ArrayList<>(before.lines().toList());
        List<String> come = new ArrayList<>();
        now.lines()
                .forEach(line -> {
                    if (!gone.remove(line)) {
                        come.add(line);
                    }
                });
        StringBuilder text = new StringBuilder();
        gone.forEach(line -> text.append("- ").append(line).append('\n'));
        come.forEach(line -> text.append("+ ").append(line).append('\n'));
        return text.toString();
    }
}
