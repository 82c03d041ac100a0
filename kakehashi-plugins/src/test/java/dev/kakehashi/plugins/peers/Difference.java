package dev.kakehashi.plugins.peers;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Something that ours do otherwise than the reference plugins, on purpose.
 *
 * @param area what it is about
 * @param theirs what the reference does
 * @param ours what Kakehashi does
 * @param reason why
 * @param signs how a comparison shows it; none where it is not about plugins, see {@code test}
 * @param test the simple name of the test class that shows it; empty where {@code signs} do
 */
record Difference(
        Area area, String theirs, String ours, String reason, List<Sign> signs, String test) {

    /** What differences are about, as the page is divided. */
    enum Area {
        ERRORS("Errors"),
        CALLS("Calls that succeed or fail otherwise"),
        KERNEL("Objects in the kernel"),
        ADDRESSES("Address management"),
        CONFIGURATION("Keys of our own"),
        RUNTIME("The runtime side of the library"),
        OLD("Debian's older plugins"),
        REBUILT("Debian 13's build of the older plugins");

        private final String title;

        Area(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /**
     * One appearance in a comparison; all have to match in full.
     *
     * @param scenario the scenarios' names
     * @param failedAdd whether it shows only where their ADD failed
     */
    record Sign(Pattern scenario, Pattern path, Pattern theirs, Pattern ours, boolean failedAdd) {
        boolean matches(Scenario played, Facts facts, Facts.Unequal unequal) {
            return scenario.matcher(played.name()).matches()
                    && path.matcher(unequal.path()).matches()
                    && theirs.matcher(unequal.theirs()).matches()
                    && ours.matcher(unequal.ours()).matches()
                    && (!failedAdd || facts.get("ADD", "status").equals("error"));
        }
    }
}
