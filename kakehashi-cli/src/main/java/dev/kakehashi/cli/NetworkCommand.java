package dev.kakehashi.cli;

import picocli.CommandLine.Command;

/** {@code kakehashi network}. */
@Command(
        name = "network",
        mixinStandardHelpOptions = true,
        description =
                "Networks of pods: which there are, from one carrier to another, and new keys.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            NetworkListCommand.class,
            NetworkShowCommand.class,
            NetworkMigrateCommand.class,
            NetworkRotateKeysCommand.class
        })
final class NetworkCommand {}
