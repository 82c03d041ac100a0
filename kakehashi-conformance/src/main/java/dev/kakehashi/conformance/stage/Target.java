package dev.kakehashi.conformance.stage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The plugin under test.
 *
 * @param folder where its binary is, and those of the plugins it may delegate to
 * @param profile how to call it
 * @param version the version of the specification it is called in
 * @param versions all that it says it speaks
 * @param environment the variables that are given to it besides CNI's own
 * @param timeout how long one call may take
 */
public record Target(
        Path folder,
        Profile profile,
        String version,
        List<String> versions,
        Map<String, String> environment,
        Duration timeout) {

    /** Copies the collections unless they are immutable already. */
    public Target {
        versions = List.copyOf(versions);
        environment = Map.copyOf(environment);
    }

    /** The plugin's type. */
    public String type() {
        return profile.type();
    }

    /** Its binary. */
    public Path binary() {
        return folder.resolve(type());
    }

    /** What a program of the plugin's finds, before CNI's variables. */
    Map<String, String> programEnvironment() {
        Map<String, String> programs = new HashMap<>(environment);
        programs.keySet().removeIf(name -> name.startsWith("CNI_"));
        return programs;
    }

    /** The same in another version. */
    public Target in(String other) {
        return new Target(folder, profile, other, versions, environment, timeout);
    }
}
