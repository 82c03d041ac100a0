package dev.kakehashi.cli;

import picocli.CommandLine.Command;

/** {@code kakehashi adopt}. */
@Command(
        name = "adopt",
        mixinStandardHelpOptions = true,
        description = "Takes this node over from another provider, or gives it back.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = AdoptFlannelCommand.class)
final class AdoptCommand {}
