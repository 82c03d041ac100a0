package dev.kakehashi.cli;

import dev.kakehashi.agent.install.NodePaths;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** Which node's files a command works on: from a container they are in a folder. */
final class NodeRootOption {
    @Option(
            names = "--root",
            paramLabel = "DIRECTORY",
            defaultValue = "/",
            description =
                    "The node's root directory as seen from here (default: ${DEFAULT-VALUE}).")
    Path root = Path.of("");

    NodePaths paths() {
        return new NodePaths(root.toAbsolutePath());
    }
}
