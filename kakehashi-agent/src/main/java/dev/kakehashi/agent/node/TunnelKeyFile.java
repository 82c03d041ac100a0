package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.carrier.NodeTunnelKey;
import dev.kakehashi.linux.file.AtomicFile;
import dev.kakehashi.linux.wireguard.WireguardPrivateKey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A WireGuard private key of the node on disk, in the form of wg(8): made on the node, and readable
 * by its owner only.
 */
final class TunnelKeyFile {
    private static final int OWNER_ONLY = 0600;

    /** A key in base64 and a line feed have 45 octets; more than a page is something else. */
    private static final int MAX_SIZE = 4096;

    private final Path file;

    /** That of a device, in the state directory of an agent. */
    TunnelKeyFile(Path stateDirectory, TunnelDevice device) {
        this.file =
                stateDirectory.resolve(
                        switch (device) {
                            case FIRST -> "wireguard.key";
                            case SECOND -> "wireguard-2.key";
                        });
    }

    /**
     * The key, if there is one.
     *
     * @throws IOException when the file cannot be read or holds no key: it is never replaced
     */
    Optional<NodeTunnelKey> read() throws IOException {
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw unusable("it is too large for a key");
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            return Optional.of(new NodeTunnelKey(WireguardPrivateKey.parse(text), file.toString()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw unusable(String.valueOf(e.getMessage()));
        }
    }

    /** A fresh key, on disk. */
    NodeTunnelKey make() throws IOException {
        return write(WireguardPrivateKey.generate());
    }

    /** A key of another file, on disk. */
    NodeTunnelKey write(WireguardPrivateKey key) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        AtomicFile.write(
                file, (key.base64() + "\n").getBytes(StandardCharsets.ISO_8859_1), OWNER_ONLY);
        return new NodeTunnelKey(key, file.toString());
    }

    /** Forgets the key, if there is one. */
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    private IOException unusable(String why) {
        return new IOException(
                file + " holds no WireGuard key: " + why + "; remove it to have another made");
    }
}
