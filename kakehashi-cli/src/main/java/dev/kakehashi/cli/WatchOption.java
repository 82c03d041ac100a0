package dev.kakehashi.cli;

import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * Looks once, or again and again: on a terminal what is shown is drawn anew when it changes, on a
 * pipe what changed is printed.
 */
final class WatchOption {
    private static final long INTERVAL_MILLIS = 1000;

    /** Home, and clear to the end (ECMA-48, CUP and ED). */
    private static final String CLEAR = "\u001b[H\u001b[2J";

    @Option(
            names = {"-w", "--watch"},
            description = {
                "Goes on looking, until interrupted: draws anew on a terminal; on a pipe prints the",
                "lines that came (+) and went (-), or with -o json|yaml the whole, when it changes."
            })
    boolean watch;

    /** One look. */
    @FunctionalInterface
    interface Look {
        View now() throws Exception;
    }

    /**
     * Shows what there is.
     *
     * @return the exit status of the last look
     */
    int show(OutputFormat format, Look look) throws Exception {
        if (!watch) {
            View view = look.now();
            view.print(format, System.out);
            return view.status();
        }
        return show(format, look, System.out, Style.isTerminal(), Integer.MAX_VALUE);
    }

    /** The same, for so many looks. */
    int show(OutputFormat format, Look look, PrintStream out, boolean terminal, int looks)
            throws Exception {
        String seen = "";
        String drawn = "";
        String failure = "";
        int status = 0;
        for (int i = 0; i < looks; i++) {
            if (i > 0) {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
            }
            try {
                View view = look.now();
                status = view.status();
                // Numbers that move all the time are only in the forms for programs.
                String identity = view.text(OutputFormat.TABLE);
                if (i == 0 || !identity.equals(seen) || !failure.isEmpty()) {
                    String text = view.text(format);
                    draw(format, drawn, text, out, terminal);
                    drawn = text;
                    seen = identity;
                }
                failure = "";
            } catch (java.io.IOException e) {
                // An agent that is started again, a store that is away: told once, and on we look.
                String said = String.valueOf(e.getMessage());
                if (i == 0) {
                    throw e;
                }
                if (!said.equals(failure)) {
                    System.err.println("kakehashi: " + said);
                }
                failure = said;
                status = 1;
            }
        }
        return status;
    }

    private static void draw(
            OutputFormat format, String before, String now, PrintStream out, boolean terminal) {
        if (terminal) {
            out.print(CLEAR + now);
        } else if (format.forPrograms() || before.isEmpty()) {
            out.print(now);
        } else if (!before.equals(now)) {
            out.println("# " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
            out.print(LineChanges.between(before, now));
        }
        out.flush();
    }
}
