package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.node.CniConfList;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an agent writes on its node.
 *
 * @param directory what the node keeps over restarts
 */
record NodeFiles(Path directory) {
    /** Where CNI configurations are. */
    Path cniConfDir() {
        return directory.resolve("net.d");
    }

    Path cniConfFile() {
        return cniConfDir().resolve(CniConfList.FILE_NAME);
    }

    String cniConf() throws IOException {
        return Files.readString(cniConfFile());
    }

    /** The private key for the first or the second WireGuard device. */
    String key(int device) throws IOException {
        return Files.readString(keyFile(device));
    }

    boolean hasKey(int device) {
        return Files.exists(keyFile(device));
    }

    private Path keyFile(int device) {
        return directory.resolve(device == 1 ? "wireguard.key" : "wireguard-2.key");
    }

    /** Where a node tells its subnets as Flannel does. */
    Path subnetFile() {
        return directory.resolve("subnet.env");
    }
}
