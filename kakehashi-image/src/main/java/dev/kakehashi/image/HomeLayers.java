package dev.kakehashi.image;

import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The layers that hold what a build leaves: what seldom changes first, so that an upgrade fetches
 * little.
 */
final class HomeLayers {
    /** Where an installation is, on a node as in the image. */
    static final String HOME = "/opt/kakehashi";

    private static final int OWNER_MAY_EXECUTE = 0100;
    private static final int EVERYBODY_EXECUTES = 0755;
    private static final int EVERYBODY_READS = 0644;

    private HomeLayers() {}

    /**
     * Makes them.
     *
     * @param home the folder that a build left
     */
    static List<FileEntriesLayer> of(Path home) throws IOException {
        return List.of(
                layer("runtime", home, List.of("jre")),
                layer("stores", home, List.of("lib/store-etcd", "lib/store-kubernetes")),
                layer("kakehashi", home, List.of("bin", "cni", "lib", "share")));
    }

    private static FileEntriesLayer layer(String name, Path home, List<String> parts)
            throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        for (String part : parts) {
            try (Stream<Path> files = Files.walk(home.resolve(part))) {
                for (Path file : files.sorted().toList()) {
                    String below = home.relativize(file).toString();
                    boolean elsewhere = part.equals("lib") && below.startsWith("lib/store-");
                    if (Files.isRegularFile(file) && !elsewhere) {
                        layer.addEntry(
                                file,
                                AbsoluteUnixPath.get(HOME + "/" + below),
                                permissions(file),
                                // The caches hold for files of exactly this time.
                                Files.getLastModifiedTime(file).toInstant());
                    }
                }
            }
        }
        return layer.build();
    }

    private static FilePermissions permissions(Path file) throws IOException {
        int mode = (int) Files.getAttribute(file, "unix:mode");
        return FilePermissions.fromOctalString(
                Integer.toOctalString(
                        (mode & OWNER_MAY_EXECUTE) != 0 ? EVERYBODY_EXECUTES : EVERYBODY_READS));
    }
}
