package dev.kakehashi.cni.config;

import dev.kakehashi.cni.CniException;

import java.nio.file.Path;

/** No configuration was found, as opposed to one that cannot be read. */
public final class NoConfigException extends CniException {
    private static final long serialVersionUID = 1L;

    private NoConfigException(String msg) {
        super(INVALID_CONFIG, msg);
    }

    /** The folder is missing or has no configuration at all. */
    static NoConfigException none(Path folder) {
        return new NoConfigException("no net configurations found in " + folder);
    }

    /** The folder has configurations, but none of this name. */
    static NoConfigException named(String name, Path folder) {
        return new NoConfigException(
                "no net configuration with name \"" + name + "\" in " + folder);
    }
}
