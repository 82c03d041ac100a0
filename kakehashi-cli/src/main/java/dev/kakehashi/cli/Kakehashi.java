package dev.kakehashi.cli;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

import java.util.Objects;

/** The {@code kakehashi} command: what the program does for people; runtimes use the plugins. */
@Command(
        name = "kakehashi",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "The container network: see it, try it, explain it.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            AdoptCommand.class,
            BgpCommand.class,
            CniTool.class,
            ConformanceCommand.class,
            IpamCommand.class,
            LabCommand.class,
            NetworkCommand.class,
            NodeCommand.class,
            NodesCommand.class,
            PlanCommand.class,
            ProbeCommand.class,
            RoutesCommand.class,
            StatusCommand.class,
            CommandLine.HelpCommand.class,
            GenerateCompletion.class,
        })
public final class Kakehashi {

    private Kakehashi() {}

    /**
     * Runs the command line.
     *
     * <p>Exit codes: 0 success, 1 the work failed, 2 the command line was wrong.
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        CommandLine commandLine = commandLine();
        if (args.length == 0) {
            commandLine.usage(System.out);
            return CommandLine.ExitCode.OK;
        }
        return commandLine.execute(args);
    }

    /** The command line with all its commands. */
    static CommandLine commandLine() {
        CommandLine commandLine =
                new CommandLine(new Kakehashi())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setExecutionExceptionHandler(Kakehashi::report);
        // From its first word on, everything is kubectl's.
        subcommand(subcommand(commandLine, "lab"), "kubectl").setStopAtPositional(true);
        return commandLine;
    }

    private static CommandLine subcommand(CommandLine command, String name) {
        return Objects.requireNonNull(command.getSubcommands().get(name), name);
    }

    /** One line for the person at the terminal; the stack only for who asks for it. */
    private static int report(Exception failure, CommandLine command, ParseResult parsed) {
        command.getErr()
                .println(command.getColorScheme().errorText("kakehashi: " + message(failure)));
        if (System.getenv("KAKEHASHI_DEBUG") != null) {
            failure.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String message(Throwable failure) {
        StringBuilder text = new StringBuilder(describe(failure));
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            // Wrappers often repeat their cause's text.
            if (!text.toString().contains(describe(cause))) {
                text.append(": ").append(describe(cause));
            }
        }
        return text.toString();
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
