package dev.kakehashi.plugins.tuning;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The switches that the administrator of a host lets network configurations set: one regular
 * expression a line, which may match any part of a switch's name. Without a file every switch is
 * allowed.
 */
final class AllowList {

    /** The reference plugin's file. */
    static final String FILE = "/etc/cni/tuning/allowlist.conf";

    private AllowList() {}

    /**
     * Makes sure that all switches are allowed.
     *
     * @param file {@value #FILE} as this process finds it
     * @param keys the names as the configuration writes them
     * @throws CniException code 7 naming the first that is not
     */
    static void check(Path file, Iterable<String> keys) throws CniException {
        List<String> lines;
        try {
            if (!SysStat.exists(file.toString())) {
                return; // as on most hosts
            }
            lines = lines(Files.readString(file));
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw Failures.of("failed to read the list of allowed sysctls, " + FILE, e);
        }
        for (String key : keys) {
            if (!isAllowed(key, lines)) {
                throw new CniException(
                        CniException.INVALID_CONFIG,
                        "Sysctl "
                                + key
                                + " is not allowed. Only the following sysctls are allowed: ["
                                + String.join(" ", lines)
                                + "]",
                        "the administrator of the host decides that in " + FILE);
            }
        }
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (!line.isBlank()) {
                lines.add(line.strip());
            }
        }
        return lines;
    }

    private static boolean isAllowed(String key, List<String> lines) throws CniException {
        for (String line : lines) {
            try {
                if (Pattern.compile(line).matcher(key).find()) {
                    return true;
                }
            } catch (PatternSyntaxException e) {
                throw new CniException(
                        CniException.INVALID_CONFIG,
                        FILE + ": \"" + line + "\" is no regular expression",
                        e.getDescription());
            }
        }
        return false;
    }
}
