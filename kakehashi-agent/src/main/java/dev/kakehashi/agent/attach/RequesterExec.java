package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.PluginExec;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds plugin binaries in the requester's file system and has them run in its surroundings. */
final class RequesterExec implements PluginExec {
    /**
     * Tells nested calls whose turn they run in: a delegate that calls one of our plugins again,
     * for the same container, must not wait for the call that waits for it.
     */
    static final String WITHIN = "KAKEHASHI_WITHIN";

    private final AttachRequest request;
    private final Requester requester;
    private final ForeignExec exec;

    RequesterExec(AttachRequest request, Requester requester, ForeignExec exec) {
        this.request = request;
        this.requester = requester;
        this.exec = exec;
    }

    /** As the reference library searches: the first regular file of that name. */
    @Override
    public String find(String type, List<String> folders) throws CniException {
        if (type.isEmpty()) {
            throw new CniException(CniException.INVALID_CONFIG, "no plugin name provided");
        }
        if (type.indexOf('/') >= 0 || type.indexOf('\0') >= 0 || type.equals("..")) {
            throw new CniException(CniException.INVALID_CONFIG, "invalid plugin name: " + type);
        }
        for (String folder : folders) {
            String path = absolute(folder) + "/" + type;
            try {
                if (Files.isRegularFile(requester.file(path))) {
                    return path;
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

    private String absolute(String folder) {
        return folder.startsWith("/") ? folder : request.directory() + "/" + folder;
    }

    @Override
    public ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin)
            throws CniException {
        Map<String, String> changes = new HashMap<>();
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (!variable.getValue().equals(request.variable(variable.getKey()))) {
                changes.put(variable.getKey(), variable.getValue());
            }
        }
        changes.put(WITHIN, turn(environment.getOrDefault("CNI_COMMAND", "")));
        return exec.run(binary, changes, stdin);
    }

    private String turn(String command) {
        return command.equals("GC") ? "*" : request.variable("CNI_CONTAINERID");
    }

    /** Whether a call runs in a turn that one of its callers holds. */
    static boolean isWithinTurn(AttachRequest request) {
        String turn = request.variable(WITHIN);
        return turn.equals("*")
                || (!turn.isEmpty() && turn.equals(request.variable("CNI_CONTAINERID")));
    }
}
