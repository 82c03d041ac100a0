package dev.kakehashi.plugins.flannel;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.linux.file.AtomicFile;
import dev.kakehashi.plugins.PluginHost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The configurations that delegates were called with, a file {@code dataDir/CONTAINERID} for each
 * container, as the original plugin keeps them: what one of the two has added the other deletes.
 */
final class SavedDelegates {
    private static final int OWNERS = 0600;

    private final Path directory;

    private SavedDelegates(Path directory) {
        this.directory = directory;
    }

    static SavedDelegates in(PluginHost host, String directory) {
        return new SavedDelegates(host.file(directory));
    }

    void write(String container, JsonObject delegate) throws CniException {
        try {
            Files.createDirectories(directory);
            byte[] text = delegate.toString().getBytes(StandardCharsets.UTF_8);
            AtomicFile.write(directory.resolve(container), text, OWNERS);
        } catch (IOException e) {
            throw failed("save the delegate's configuration", container, e);
        }
    }

    /**
     * What was saved of a container.
     *
     * @throws CniException code 6 when it is damaged
     */
    Optional<JsonObject> read(String container) throws CniException {
        try {
            return Optional.of(
                    JsonParser.parseObject(Files.readAllBytes(directory.resolve(container))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonException e) {
            throw new JsonException(
                    "the delegate's configuration "
                            + directory.resolve(container)
                            + ": "
                            + e.getMessage(),
                    e);
        } catch (IOException e) {
            throw failed("read the delegate's configuration", container, e);
        }
    }

    void remove(String container) throws CniException {
        try {
            Files.deleteIfExists(directory.resolve(container));
        } catch (IOException e) {
            throw failed("remove the delegate's configuration", container, e);
        }
    }

    /** Those of a network, by container; damaged ones are nobody's. */
    Map<String, JsonObject> of(String network) throws CniException {
        Map<String, JsonObject> saved = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String container = file.getFileName().toString();
                readable(container)
                        .filter(delegate -> isOf(network, delegate))
                        .ifPresent(delegate -> saved.put(container, delegate));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Map.of();
        } catch (IOException e) {
            throw new CniException(CniException.IO_FAILURE, "cannot read " + directory, e);
        }
        return saved;
    }

    /** Whose a damaged one was nobody knows. */
    private Optional<JsonObject> readable(String container) throws CniException {
        try {
            return read(container);
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static boolean isOf(String network, JsonObject delegate) {
        return delegate.exact("name").equals(Optional.of(new JsonString(network)));
    }

    private CniException failed(String what, String container, IOException e) {
        return new CniException(
                CniException.IO_FAILURE, "cannot " + what + " " + directory.resolve(container), e);
    }
}
