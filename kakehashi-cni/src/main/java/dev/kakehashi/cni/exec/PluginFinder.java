package dev.kakehashi.cni.exec;

import dev.kakehashi.cni.CniException;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** The search for a plugin's binary (SPEC "CNI_PATH"), with the reference library's texts. */
public final class PluginFinder {
    private PluginFinder() {}

    /**
     * The first regular file of that name; whether it can be executed shows when it is.
     *
     * @throws CniException code 7 when the type is no file name, 999 when no folder has it
     */
    public static String find(String type, List<String> folders) throws CniException {
        if (type.isEmpty()) {
            throw new CniException(CniException.INVALID_CONFIG, "no plugin name provided");
        }
        if (type.indexOf('/') >= 0 || type.indexOf('\0') >= 0 || type.equals("..")) {
            throw new CniException(CniException.INVALID_CONFIG, "invalid plugin name: " + type);
        }
        if (folders.isEmpty()) {
            throw new CniException(CniException.INTERNAL, "no paths provided");
        }
        for (String folder : folders) {
            try {
                Path candidate = Path.of(folder, type);
                if (Files.isRegularFile(candidate)) {
                    return candidate.toString();
                }
            } catch (InvalidPathException e) {
                throw new CniException(
                        CniException.INVALID_CONFIG, "invalid plugin path: " + e.getMessage(), e);
            }
        }
        throw new CniException(
                CniException.INTERNAL,
                "failed to find plugin \""
                        + type
                        + "\" in path ["
                        + String.join(" ", folders)
                        + "]");
    }
}
