package dev.kakehashi.lab;

import java.time.Duration;

/**
 * How long a lab waits for its programs, and how long its nodes may be without the store. On a
 * machine that is slow, because its processors are emulated or many labs share them, the variable
 * {@value #VARIABLE} says how many times as long as usually.
 *
 * @param times 1 to {@value #MOST}
 */
record Patience(int times) {
    static final String VARIABLE = "KAKEHASHI_LAB_PATIENCE";

    private static final int MOST = 100;

    Patience {
        if (times < 1 || times > MOST) {
            throw new IllegalArgumentException(
                    VARIABLE + " " + times + " is out of range: 1 to " + MOST);
        }
    }

    /**
     * What this process was told to have.
     *
     * @throws IllegalArgumentException naming the variable, its value and what is allowed
     */
    static Patience ofEnvironment() {
        return of(System.getenv().getOrDefault(VARIABLE, "1"));
    }

    static Patience of(String times) {
        if (!times.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(
                    VARIABLE + " \"" + times + "\" is not a whole number: 1 to " + MOST);
        }
        return new Patience(Integer.parseInt(times));
    }

    /** The usual time, as many times. */
    Duration with(Duration usual) {
        return usual.multipliedBy(times);
    }
}
