package dev.kakehashi.cli;

import dev.kakehashi.cni.runtime.RuntimeConf;

import picocli.CommandLine.Option;

import java.util.Optional;

/** What a call tells plugins beside their configuration. */
final class CniCallOptions {
    @Option(
            names = {"-i", "--ifname"},
            paramLabel = "NAME",
            description = "Name of the interface in the namespace ($$CNI_IFNAME, else eth0).")
    Optional<String> ifName = Optional.empty();

    @Option(
            names = "--args",
            paramLabel = "K=V[;K=V...]",
            description = "Arguments for all plugins ($$CNI_ARGS).")
    Optional<String> args = Optional.empty();

    @Option(
            names = "--capability-args",
            paramLabel = "JSON",
            description =
                    "Values by capability, for example '{\"mac\": \"02:00:00:00:00:01\"}'"
                            + " ($$CAP_ARGS).")
    Optional<String> capabilityArgs = Optional.empty();

    /**
     * All of a call.
     *
     * @param environment what holds where no option says otherwise
     */
    RuntimeConf conf(CniEnvironment environment, String containerId, String netns) {
        return new RuntimeConf(
                containerId,
                netns,
                ifName.orElseGet(environment::ifName),
                args.map(CniEnvironment::args).orElseGet(environment::args),
                capabilityArgs
                        .map(CniEnvironment::capabilityArgs)
                        .orElseGet(environment::capabilityArgs));
    }
}
