package dev.kakehashi.image;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What image to make, and of what.
 *
 * @param base a {@code docker save} archive with the root file system
 * @param home what a build leaves, for one processor
 * @param architecture of both, as container images name it: {@code amd64}, {@code arm64}
 * @param version label of the image
 * @param name repository and tag
 * @param archive where to write the image, unless it is pushed
 */
record ImageOptions(
        Path base,
        Path home,
        String architecture,
        String version,
        String name,
        Optional<Path> archive) {
    static final String USAGE =
            "usage: ImageMain --base TAR --home DIRECTORY --architecture amd64|arm64 --version VERSION"
                    + " --name REPOSITORY:TAG [--archive TAR]";

    private static final List<String> NEEDED =
            List.of("--base", "--home", "--architecture", "--version", "--name");

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException naming what is missing or not understood
     */
    static ImageOptions parse(String... arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            String option = arguments[i];
            if (!NEEDED.contains(option) && !option.equals("--archive")) {
                throw new IllegalArgumentException("no such option: " + option);
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(option + " has no value");
            }
            values.put(option, arguments[i + 1]);
        }
        return new ImageOptions(
                Path.of(needed(values, "--base")),
                Path.of(needed(values, "--home")),
                needed(values, "--architecture"),
                needed(values, "--version"),
                needed(values, "--name"),
                Optional.ofNullable(values.get("--archive")).map(Path::of));
    }

    private static String needed(Map<String, String> values, String option) {
        return Optional.ofNullable(values.get(option))
                .orElseThrow(() -> new IllegalArgumentException(option + " is missing"));
    }
}
