package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;

import java.util.Map;

/** Runs a plugin binary that is not ours, where the requester would have run it. */
interface ForeignExec {
    /**
     * Runs the binary to its end.
     *
     * @param path as the requester sees it
     * @param changes variables that differ from the request's environment
     */
    ExecOutcome run(String path, Map<String, String> changes, byte[] stdin) throws CniException;
}
