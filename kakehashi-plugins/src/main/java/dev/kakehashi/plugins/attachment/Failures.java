package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;

import java.io.IOException;

/** Failures of the kernel as those of a plugin. */
public final class Failures {

    private Failures() {}

    /**
     * A failure with what was being done.
     *
     * @param doing what failed, on which object: {@code failed to …}
     */
    public static CniException of(String doing, IOException cause) {
        return new CniException(CniException.INTERNAL, doing + ": " + cause.getMessage(), cause);
    }

    /** A container's namespace that cannot be opened, in the reference plugins' words. */
    public static CniException netns(String path, LinuxException cause) {
        String why =
                cause.is(Errno.ENOENT)
                        ? "failed to Statfs \"" + path + "\": no such file or directory"
                        : String.valueOf(cause.getMessage());
        return new CniException(
                CniException.INVALID_NETNS, "failed to open netns \"" + path + "\": " + why, cause);
    }
}
