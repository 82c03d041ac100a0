package dev.kakehashi.cli;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.store.Store;

import picocli.CommandLine;
import picocli.CommandLine.Option;

import java.time.Duration;

/** Whether and how long one looks on while nodes change over. */
final class LookOnOption {
    @Option(names = "--no-wait", description = "Changes the Network and does not look on.")
    boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "2m",
            converter = Timeout.class,
            description =
                    "How long to look on, as in 30s, 2m or 1h (default: ${DEFAULT-VALUE}). It has"
                            + " no effect on the nodes.")
    Duration timeout = Duration.ZERO;

    /** Reads a time with its unit. */
    static final class Timeout implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (!text.matches("[0-9]{1,6}[smh]")) {
                throw new CommandLine.TypeConversionException(
                        "'" + text + "' is not a time such as 30s, 2m or 1h");
            }
            return Duration.parse("PT" + text);
        }
    }

    /**
     * Looks on, unless that is not asked for.
     *
     * @param rotates whether it is keys that change
     * @return the exit status: 1 when it took too long
     */
    int at(Store store, Network changed, boolean rotates) throws Exception {
        return noWait
                        || new MigrationWait(
                                        store, changed, rotates, new TerminalProgress(System.err))
                                .await(timeout)
                ? CommandLine.ExitCode.OK
                : CommandLine.ExitCode.SOFTWARE;
    }
}
