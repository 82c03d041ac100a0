package dev.kakehashi.cli;

import picocli.CommandLine.Command;

/** {@code kakehashi cni}: a container runtime's part, by hand. */
@Command(
        name = "cni",
        mixinStandardHelpOptions = true,
        description = {
            "Attaches network namespaces to networks by executing CNI plugins, as a container runtime"
                    + " does.",
            "Takes the variables of the reference's cnitool: CNI_PATH, NETCONFPATH, CNI_IFNAME,"
                    + " CNI_ARGS, CAP_ARGS."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CniAddCommand.class,
            CniCheckCommand.class,
            CniDelCommand.class,
            CniGcCommand.class,
            CniStatusCommand.class,
            CniListCommand.class,
            CniValidateCommand.class,
        })
final class CniTool {}
