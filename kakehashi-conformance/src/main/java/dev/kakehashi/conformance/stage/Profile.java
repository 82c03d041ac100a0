package dev.kakehashi.conformance.stage;

import java.util.List;

/**
 * How to call a plugin that the suite knows nothing else of.
 *
 * @param type the plugin's type
 * @param role what it is
 * @param config the text of a configuration that works, without {@code cniVersion} and {@code
 *     name}; {@code {work}} in it is a folder of the scenario's own, {@code {ipam}} the object
 *     {@code ipam} that has a scripted plugin give addresses
 * @param features what the kernel must have
 * @param preparation what must be there before
 */
public record Profile(
        String type, Role role, String config, List<String> features, Preparation preparation) {

    /** Makes in the namespaces what a configuration refers to. */
    @FunctionalInterface
    public interface Preparation {
        /** Nothing is needed. */
        Preparation NONE = stage -> {};

        /** Prepares. */
        void prepare(Stage stage) throws Exception;
    }

    /** Copies the list unless it is immutable already. */
    public Profile {
        features = List.copyOf(features);
    }

    /** A plugin that needs no more than its configuration. */
    public static Profile of(String type, Role role, String config) {
        return new Profile(type, role, config, List.of(), Preparation.NONE);
    }

    /** The same with features of the kernel. */
    public Profile needing(String... more) {
        return new Profile(type, role, config, List.of(more), preparation);
    }

    /** The same with something to be there before. */
    public Profile after(Preparation before) {
        return new Profile(type, role, config, features, before);
    }

    /** Whether the configuration has addresses given by the scripted plugin. */
    public boolean delegates() {
        return config.contains("{ipam}");
    }
}
