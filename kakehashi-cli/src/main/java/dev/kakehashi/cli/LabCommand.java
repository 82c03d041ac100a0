package dev.kakehashi.cli;

import picocli.CommandLine.Command;

/** {@code kakehashi lab}: a network of several nodes on this machine. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = "A network of several nodes on this machine, made of namespaces.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            LabUpCommand.class,
            LabStatusCommand.class,
            LabReachCommand.class,
            LabPingCommand.class,
            LabExecCommand.class,
            LabKubectlCommand.class,
            LabAddPodCommand.class,
            LabDelPodCommand.class,
            LabCarrierCommand.class,
            LabExplainCommand.class,
            LabDownCommand.class,
        })
final class LabCommand {}
