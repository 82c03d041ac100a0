package dev.kakehashi.conformance.scenario;

import java.util.List;
import java.util.Optional;

/**
 * A requirement of the CNI specification 1.1.0, under a number of this suite's: the specification
 * has none.
 *
 * @param number 1 to 70, written {@code S1} to {@code S70}
 * @param section where the specification has it
 * @param text what it asks for, in a sentence
 * @param unasked why no plugin can be asked for it from outside, where that is so
 */
public record Requirement(int number, String section, String text, Optional<String> unasked) {
    /** All, by their numbers. */
    public static List<Requirement> all() {
        return Requirements.ALL;
    }

    /** Its name: {@code S28}. */
    public String id() {
        return "S" + number;
    }
}
