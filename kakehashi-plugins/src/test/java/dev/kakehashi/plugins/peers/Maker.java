package dev.kakehashi.plugins.peers;

import dev.kakehashi.cni.CniVersion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whose plugins ours are compared with. */
enum Maker {
    /** Built from their source, the newest release. */
    REFERENCE("reference", "1.1.0"),

    /** The same plugins as the distribution packages them: years older, see {@link #title}. */
    DEBIAN("debian", "1.0.0");

    private final String folder;
    private final String newest;

    Maker(String folder, String newest) {
        this.folder = folder;
        this.newest = newest;
    }

    /** Below the folder of all makers. */
    String folder() {
        return folder;
    }

    /**
     * Whose package, and which version, as scripts/peers/setup.sh noted it: one version is built
     * with other libraries from release to release. Empty where nothing is noted.
     */
    String title() throws IOException {
        Path file = Path.of(System.getProperty(Comparison.PROPERTY, "")).resolve(folder, "title");
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    /** Whether there is the plugin of a scenario, and knows its version of the specification. */
    boolean has(Scenario scenario) {
        boolean made = this == REFERENCE || !isNew(scenario.type());
        return made && CniVersion.exact(newest).orElseThrow().atLeast(scenario.version());
    }

    /** Whether a plugin is younger than Debian's. */
    private static boolean isNew(String type) {
        return type.equals("dummy") || type.equals("tap");
    }
}
