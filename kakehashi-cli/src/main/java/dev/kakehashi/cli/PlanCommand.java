package dev.kakehashi.cli;

import picocli.CommandLine.Command;

/** {@code kakehashi plan}: what would be done, as commands. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Prints what would be done, as ip, bridge, sysctl and nft commands.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PlanCniCommand.class, PlanNodeCommand.class})
final class PlanCommand {}
