package dev.kakehashi.cli;

import picocli.CommandLine.Command;

/** {@code kakehashi ipam}. */
@Command(
        name = "ipam",
        mixinStandardHelpOptions = true,
        description = "Addresses of pools: who has which, what does not fit, and giving them back.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {IpamShowCommand.class, IpamCheckCommand.class, IpamReleaseCommand.class})
final class IpamCommand {}
