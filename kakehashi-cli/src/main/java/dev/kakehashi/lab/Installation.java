package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where Kakehashi is installed: the folder with {@code bin}, {@code cni} and {@code lib}.
 *
 * @param home that folder
 */
public record Installation(Path home) {

    /** Names the folder where it is not found by itself. */
    public static final String VARIABLE = "KAKEHASHI_HOME";

    /**
     * Finds it: {@value #VARIABLE}, else the folder above the one with this class's jar.
     *
     * @throws IOException saying what is missing and what to do
     */
    public static Installation find() throws IOException {
        String variable = System.getenv(VARIABLE);
        Path home = variable == null ? aboveJar() : Path.of(variable).toAbsolutePath();
        Installation installation = new Installation(home);
        for (Path needed : new Path[] {installation.agent(), installation.plugins()}) {
            if (!Files.exists(needed)) {
                throw new IOException(
                        needed
                                + " does not exist; build it with \"make build\" and set "
                                + VARIABLE
                                + " to the dist folder");
            }
        }
        return installation;
    }

    /**
     * By the class path: the code source of a class is null when the class comes from an
     * ahead-of-time cache whose jars have moved since (JDK 25).
     */
    private static Path aboveJar() throws IOException {
        for (String entry : System.getProperty("java.class.path", "").split(":", -1)) {
            Path jar = Path.of(entry).toAbsolutePath();
            String name = String.valueOf(jar.getFileName());
            Path lib = jar.getParent();
            if (name.startsWith("kakehashi-cli-")
                    && name.endsWith(".jar")
                    && lib != null
                    && lib.getParent() != null) {
                return lib.getParent();
            }
        }
        throw new IOException(
                "this command does not run out of an installation; set "
                        + VARIABLE
                        + " to the dist folder of a build");
    }

    /** The node daemon's launcher. */
    Path agent() {
        return home.resolve("bin/kakehashi-agent");
    }

    /** The folder with the plugins' binaries. */
    Path plugins() {
        return home.resolve("cni");
    }
}
