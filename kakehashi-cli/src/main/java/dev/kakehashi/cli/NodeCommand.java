package dev.kakehashi.cli;

import picocli.CommandLine.Command;

/** {@code kakehashi node}: what is put on a node, and taken away. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        description = "Puts Kakehashi on a node, and takes it away.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {NodeInstallCommand.class, NodeCleanCommand.class})
final class NodeCommand {}
