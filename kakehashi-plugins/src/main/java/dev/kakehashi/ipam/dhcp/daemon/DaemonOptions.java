package dev.kakehashi.ipam.dhcp.daemon;

import dev.kakehashi.ipam.dhcp.DhcpPlugin;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the daemon is started. Names, defaults and syntax are those of the reference plugin's, whose
 * flags are Go's: {@code -name value}, {@code -name=value}, or with two dashes.
 *
 * @param pidFile where to write the number of the process; empty for nowhere
 * @param hostPrefix what stands before the paths of the host, {@code ""} for nothing
 * @param socketPath where it listens, without the prefix
 * @param broadcast whether servers are told to answer by broadcast
 * @param timeout the longest wait for one answer
 * @param resendMax the longest pause between messages
 * @param resendTimeout after which it gives up
 * @param help whether only the usage is asked for
 */
record DaemonOptions(
        String pidFile,
        String hostPrefix,
        String socketPath,
        boolean broadcast,
        Duration timeout,
        Duration resendMax,
        Duration resendTimeout,
        boolean help) {

    static final String USAGE =
            """
            Usage of daemon:
              -broadcast
                    tell DHCP servers to answer by broadcast
              -hostprefix string
                    optional prefix to host root
              -pidfile string
                    optional path to write daemon PID to
              -resendmax duration
                    optional dhcp client max resend delay between requests (default 1m2s)
              -resendtimeout duration
                    optional dhcp client resend timeout, no more retries after this timeout (default 3m28s)
              -socketpath string
                    optional dhcp server socketpath (default /run/cni/dhcp.sock)
              -timeout duration
                    optional dhcp client timeout duration for each request (default 10s)
            """;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RESEND_MAX = Duration.ofSeconds(62);
    private static final Duration RESEND_TIMEOUT = Duration.ofSeconds(208);

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException naming the flag that is wrong
     */
    static DaemonOptions parse(String... arguments) {
        String pidFile = "";
        String hostPrefix = "";
        String socketPath = "";
        boolean broadcast = false;
        Duration timeout = TIMEOUT;
        Duration resendMax = RESEND_MAX;
        Duration resendTimeout = RESEND_TIMEOUT;
        boolean help = false;
        for (int i = 0; i < arguments.length; i++) {
            String name = name(arguments[i]);
            int equals = name.indexOf('=');
            boolean inOne = equals > 0;
            String flag = inOne ? name.substring(0, equals) : name;
            String value = inOne ? name.substring(equals + 1) : "";
            switch (flag) {
                case "broadcast" -> {
                    broadcast = !inOne || bool(flag, value);
                    continue;
                }
                case "h", "help" -> {
                    help = true;
                    continue;
                }
                default -> {
                    if (!inOne) {
                        value = value(flag, arguments, ++i);
                    }
                }
            }
            switch (flag) {
                case "pidfile" -> pidFile = value;
                case "hostprefix" -> hostPrefix = value;
                case "socketpath" -> socketPath = value;
                case "timeout" -> timeout = duration(flag, value);
                case "resendmax" -> resendMax = duration(flag, value);
                case "resendtimeout" -> resendTimeout = duration(flag, value);
                default ->
                        throw new IllegalArgumentException(
                                "flag provided but not defined: -" + flag);
            }
        }
        return new DaemonOptions(
                pidFile,
                hostPrefix,
                socketPath.isEmpty() ? DhcpPlugin.DAEMON_SOCKET : socketPath,
                broadcast,
                timeout,
                resendMax,
                resendTimeout,
                help);
    }

    /** The socket, as this process finds it. */
    Path socket() {
        return Path.of(hostPrefix + socketPath).toAbsolutePath();
    }

    private static String name(String argument) {
        if (!argument.startsWith("-") || argument.length() < 2) {
            throw new IllegalArgumentException("unexpected argument " + argument);
        }
        return argument.substring(argument.startsWith("--") ? 2 : 1);
    }

    private static String value(String flag, String[] arguments, int at) {
        if (at >= arguments.length) {
            throw new IllegalArgumentException("flag needs an argument: -" + flag);
        }
        return arguments[at];
    }

    private static boolean bool(String flag, String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "invalid boolean value \"" + value + "\" for -" + flag);
        };
    }

    private static Duration duration(String flag, String value) {
        try {
            Duration duration = GoDuration.parse(value);
            if (!duration.isZero()) {
                return duration;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "invalid value for flag -" + flag + ": " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("invalid value for flag -" + flag + ": 0");
    }
}
