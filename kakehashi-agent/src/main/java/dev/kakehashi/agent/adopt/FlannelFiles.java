package dev.kakehashi.agent.adopt;

import dev.kakehashi.plugins.flannel.SubnetEnv;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;

/**
 * What Flannel and its plugins keep in files.
 *
 * @param subnetFile the node's subnets
 * @param pods what the plugin flannel keeps of each pod
 * @param addresses what host-local keeps of each address
 */
public record FlannelFiles(Path subnetFile, Path pods, Path addresses) {
    /** The places of Flannel's manifest, whose network is {@code cbr0}. */
    public static FlannelFiles usual() {
        return new FlannelFiles(
                Path.of("/run/flannel/subnet.env"),
                Path.of("/var/lib/cni/flannel"),
                Path.of("/var/lib/cni/networks/cbr0"));
    }

    SubnetEnv subnets() throws IOException {
        try {
            return SubnetEnv.parse(Files.readString(subnetFile));
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "there is no "
                            + subnetFile
                            + ": Flannel has not run on this node since it was started; name the"
                            + " file with --subnet-file if it is elsewhere",
                    e);
        } catch (IllegalArgumentException e) {
            throw new IOException(subnetFile + " " + e.getMessage(), e);
        }
    }

    int podCount() throws IOException {
        return count(pods, false);
    }

    int addressCount() throws IOException {
        return count(addresses, true);
    }

    /**
     * What the operator should know before new pods are attached by a configuration of ours, which
     * is called as the Network is: host-local keeps the addresses of each name apart.
     */
    List<String> adviceFor(String network) throws IOException {
        String theirs = String.valueOf(addresses.getFileName());
        if (addressCount() == 0 || network.equals(theirs)) {
            return List.of();
        }
        return List.of(
                "attention  a CNI configuration called \""
                        + network
                        + "\" would give these addresses once more: keep that of Flannel, or have"
                        + " the Network called \""
                        + theirs
                        + "\"");
    }

    private static int count(Path directory, boolean addressesOnly) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!addressesOnly || isAddress(file.getFileName().toString())) {
                    count++;
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return 0;
        }
        return count;
    }

    private static boolean isAddress(String name) {
        try {
            return InetAddress.ofLiteral(name).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
