package dev.kakehashi.cni.exec;

import dev.kakehashi.cni.CniException;

import java.util.List;
import java.util.Map;

/**
 * Finds and runs plugin binaries. {@link ProcessPluginExec} does it in this process's own
 * namespaces; a resident process working for others can have it done in theirs.
 */
public interface PluginExec {
    /**
     * The path of the binary of a plugin type.
     *
     * @param type the plugin's type
     * @param folders where to look, in order
     * @throws CniException when the type is no file name or no folder has it
     */
    String find(String type, List<String> folders) throws CniException;

    /**
     * Runs a binary to its end.
     *
     * @param binary as {@link #find} returned it
     * @param environment the process's whole environment
     * @param stdin what it reads
     * @return how it ended; a non-zero exit is no exception here
     * @throws CniException code 5 when it cannot be started; code 11 when it did not end in time or
     *     the caller was interrupted, in which cases it has been killed
     */
    ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin)
            throws CniException;
}
