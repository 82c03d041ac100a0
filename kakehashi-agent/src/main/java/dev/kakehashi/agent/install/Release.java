package dev.kakehashi.agent.install;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a build left, to be put on nodes.
 *
 * @param home the folder with {@code bin}, {@code cni}, {@code jre}, {@code lib} and {@code share}
 * @param files all of it, below {@code home}
 * @param id the same for the same files
 */
record Release(Path home, List<Path> files, String id) {
    private static final List<String> PARTS = List.of("bin", "cni", "jre", "lib", "share");
    private static final int DIGITS = 16;

    /**
     * Looks at one.
     *
     * @throws IOException also when it is none
     */
    static Release at(Path home) throws IOException {
        if (!Files.isExecutable(home.resolve("bin/kakehashi-agent"))) {
            throw new IOException(
                    home + " has no bin/kakehashi-agent: it is not what a build leaves");
        }
        List<Path> files = new java.util.ArrayList<>();
        for (String part : PARTS) {
            if (Files.isDirectory(home.resolve(part))) {
                try (Stream<Path> below = Files.walk(home.resolve(part))) {
                    below.filter(Files::isRegularFile)
                            .map(home::relativize)
                            .sorted()
                            .forEach(files::add);
                }
            }
        }
        return new Release(home, List.copyOf(files), id(home, files));
    }

    /** By names, sizes and times, as ahead-of-time caches know their jars. */
    private static String id(Path home, List<Path> files) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this Java has no SHA-256", e);
        }
        for (Path file : files) {
            Path there = home.resolve(file);
            String line =
                    file
                            + " "
                            + Files.size(there)
                            + " "
                            + Files.getLastModifiedTime(there).to(TimeUnit.SECONDS)
                            + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }

    /** The files of one part, by name. */
    List<Path> in(String part) {
        return files.stream().filter(file -> file.startsWith(part)).toList();
    }
}
