package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniNames;

import java.util.Map;
import java.util.Optional;

/**
 * Which variables a command needs (SPEC "Parameters"; CNI_PATH as strictly as the reference's
 * skeleton).
 */
final class EnvironmentCheck {
    private EnvironmentCheck() {}

    /**
     * Accepts an environment. A malformed variable is told before a missing one that comes after
     * it.
     *
     * @param named CNI_COMMAND as written
     * @param command what that means, if anything
     * @throws CniException code 4, naming every missing variable; or the failure of {@link
     *     CniNames}
     */
    static void check(String named, Optional<CniCommand> command, Map<String, String> environment)
            throws CniException {
        StringBuilder missing = new StringBuilder();
        if (named.isEmpty()) {
            note(missing, "CNI_COMMAND");
        } else if (command.isPresent()) {
            check(command.get(), environment, missing);
        }
        if (!missing.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT,
                    "required env variables [" + missing + "] missing");
        }
    }

    private static void check(
            CniCommand command, Map<String, String> environment, StringBuilder missing)
            throws CniException {
        boolean attachment =
                command == CniCommand.ADD
                        || command == CniCommand.CHECK
                        || command == CniCommand.DEL;
        if (attachment) {
            String id = environment.getOrDefault("CNI_CONTAINERID", "");
            if (id.isEmpty()) {
                note(missing, "CNI_CONTAINERID");
            } else {
                CniNames.checkContainerId(id);
            }
            if (command != CniCommand.DEL && isAbsent(environment, "CNI_NETNS")) {
                note(missing, "CNI_NETNS");
            }
            String ifName = environment.getOrDefault("CNI_IFNAME", "");
            if (ifName.isEmpty()) {
                note(missing, "CNI_IFNAME");
            } else {
                CniNames.checkInterfaceName(ifName);
            }
        }
        if (command != CniCommand.VERSION && isAbsent(environment, "CNI_PATH")) {
            note(missing, "CNI_PATH");
        }
    }

    private static boolean isAbsent(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").isEmpty();
    }

    private static void note(StringBuilder missing, String name) {
        missing.append(missing.isEmpty() ? "" : ",").append(name);
    }
}
