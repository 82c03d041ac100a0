package dev.kakehashi.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The reference's {@code cnitool}: the same arguments, output and exit status. */
@Command(
        name = "cnitool",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description =
                "Add, check, remove, gc or status network interfaces from a network namespace.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CniAddCommand.class,
            CniCheckCommand.class,
            CniDelCommand.class,
            CnitoolGcCommand.class,
            CniStatusCommand.class,
            CniListCommand.class,
            CniValidateCommand.class,
            CommandLine.HelpCommand.class,
        })
public final class Cnitool {
    private Cnitool() {}

    /** Runs the command line. Exit codes: 0 success, 1 every failure, as the reference. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        CommandLine commandLine =
                new CommandLine(new Cnitool())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setExecutionExceptionHandler((failure, command, _) -> {
                            command.getErr().println(failure.getMessage());
                            return CommandLine.ExitCode.SOFTWARE;
                        })
                        .setParameterExceptionHandler(Cnitool::misuse);
        if (args.length == 0) {
            commandLine.usage(System.err);
            return CommandLine.ExitCode.SOFTWARE;
        }
        return commandLine.execute(args);
    }

    private static int misuse(ParameterException failure, String... args) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println(failure.getMessage());
        command.usage(command.getErr());
        return CommandLine.ExitCode.SOFTWARE;
    }
}
