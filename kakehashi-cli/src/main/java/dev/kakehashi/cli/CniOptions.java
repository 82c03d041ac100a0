package dev.kakehashi.cli;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.ConfigFolder;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.runtime.AttachmentCache;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeSettings;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where {@code kakehashi cni} finds networks, plugins and what it remembers. */
final class CniOptions {
    @Option(
            names = "--conf-dir",
            paramLabel = "DIR",
            description = "Where networks are described ($$NETCONFPATH, else /etc/cni/net.d).")
    Optional<Path> configFolder = Optional.empty();

    @Option(
            names = "--plugin-dir",
            paramLabel = "DIR[:DIR...]",
            description = "Where plugins are, in order ($$CNI_PATH, else /opt/cni/bin).")
    Optional<String> pluginFolders = Optional.empty();

    @Option(
            names = "--cache-dir",
            paramLabel = "DIR",
            description =
                    "Where attachments are remembered, in the form that libcni reads"
                            + " (/var/lib/cni).")
    Path cacheFolder = AttachmentCache.DEFAULT_FOLDER;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "End with an error, and kill the plugin that runs, after this time.")
    Optional<Long> timeout = Optional.empty();

    /** Read when it is asked for: a broken variable must not hinder {@code --help}. */
    CniEnvironment environment() {
        return CniEnvironment.of(System.getenv());
    }

    List<String> pluginFolders() {
        return pluginFolders
                .map(CniEnvironment::folders)
                .orElseGet(() -> environment().pluginFolders());
    }

    ConfigFolder configFolder() {
        return ConfigFolder.at(configFolder.orElseGet(() -> environment().configFolder()));
    }

    /** The network of this name. */
    NetworkConfigList network(String name) throws CniException {
        return configFolder().load(name);
    }

    CniRuntime runtime() {
        RuntimeSettings settings = RuntimeSettings.of(pluginFolders()).cacheFolder(cacheFolder);
        return CniRuntime.with(
                timeout.map(seconds -> settings.timeout(Duration.ofSeconds(seconds)))
                        .orElse(settings));
    }
}
