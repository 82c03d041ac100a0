package dev.kakehashi.cni.config;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniNames;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A folder with network configurations, {@code /etc/cni/net.d} by custom: {@code *.conflist} files
 * with lists, {@code *.conf} and {@code *.json} files with single plugins, and for each network a
 * folder of its name with further plugins.
 */
public final class ConfigFolder {
    private final Path folder;

    private ConfigFolder(Path folder) {
        this.folder = folder;
    }

    /** The folder at this path; it need not exist. */
    public static ConfigFolder at(Path folder) {
        return new ConfigFolder(folder);
    }

    /**
     * Finds a network by its name: first among the lists, then among the single plugins, each in
     * the order of file names. A file that cannot be read ends the search.
     *
     * @throws NoConfigException when there is none
     * @throws CniException when a file before it cannot be read or understood
     */
    public NetworkConfigList load(String name) throws CniException {
        List<Path> lists = files(folder, ".conflist");
        for (Path file : lists) {
            NetworkConfigList list = loadList(file);
            if (list.name().equals(name)) {
                return list;
            }
        }
        Optional<PluginConfig> single = loadSingle(name, !lists.isEmpty());
        if (single.isEmpty()) {
            throw NoConfigException.named(name, folder);
        }
        return NetworkConfigList.of(single.get());
    }

    private Optional<PluginConfig> loadSingle(String name, boolean hasLists) throws CniException {
        List<Path> files = files(folder, ".conf", ".json");
        if (files.isEmpty() && !hasLists) {
            throw NoConfigException.none(folder);
        }
        for (Path file : files) {
            PluginConfig config = PluginConfig.parse(read(file));
            if (config.name().equals(name)) {
                return Optional.of(config);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads a list from a file, with the plugins of the folder named like the network behind its
     * own unless it forbids that.
     *
     * @throws CniException when a file cannot be read or understood, or there is no plugin at all
     */
    public static NetworkConfigList loadList(Path file) throws CniException {
        NetworkConfigList list = NetworkConfigList.parse(read(file));
        // The name becomes part of a path: one that is not valid has no folder.
        if (!list.loadOnlyInlinedPlugins() && CniNames.isName(list.name())) {
            list = list.plus(loadPlugins(file.resolveSibling(list.name())));
        }
        if (list.plugins().isEmpty()) {
            throw new CniException(CniException.INVALID_CONFIG, "no plugin configs found");
        }
        return list;
    }

    /**
     * Reads every {@code *.conf} file of a folder as a plugin's configuration, in the order of
     * names.
     *
     * @throws CniException when one cannot be read or understood
     */
    public static List<PluginConfig> loadPlugins(Path folder) throws CniException {
        List<PluginConfig> plugins = new ArrayList<>();
        for (Path file : files(folder, ".conf")) {
            plugins.add(PluginConfig.parse(read(file)));
        }
        return plugins;
    }

    /**
     * The files of a folder with one of these extensions, in the order of names; none if there is
     * no folder.
     *
     * @throws CniException code 5 when the folder cannot be read
     */
    public static List<Path> files(Path folder, String... extensions) throws CniException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (hasExtension(entry, extensions)
                        && !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(entry);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw unreadable(folder, e);
        }
        found.sort(Comparator.comparing(Path::toString));
        return found;
    }

    private static boolean hasExtension(Path file, String... extensions) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        for (String extension : extensions) {
            if (dot >= 0 && name.substring(dot).equals(extension)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] read(Path file) throws CniException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static CniException unreadable(Path path, Exception e) {
        String reason =
                e instanceof AccessDeniedException
                        ? "permission denied"
                        : e instanceof NoSuchFileException
                                ? "no such file or directory"
                                : String.valueOf(e.getMessage());
        return new CniException(
                CniException.IO_FAILURE, "error reading " + path + ": " + reason, e);
    }
}
