package dev.kakehashi.cli;

import picocli.CommandLine.Command;

/** {@code kakehashi network}. */
@Command(
        name = "network",
        mixinStandardHelpOptions = true,
        description = "Networks of pods: which there are, and from one carrier to another.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            NetworkListCommand.class,
            NetworkShowCommand.class,
            NetworkMigrateCommand.class
        })
final class NetworkCommand {}
