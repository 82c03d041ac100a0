package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.ProcessPluginExec;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Runs foreign plugins as children of this process: in one-shot runs and in recovery. */
final class ChildExec implements ForeignExec {
    private final AttachRequest request;

    ChildExec(AttachRequest request) {
        this.request = request;
    }

    @Override
    public ExecOutcome run(String path, Map<String, String> changes, byte[] stdin)
            throws CniException {
        Map<String, String> environment = new HashMap<>(request.environment().variables());
        environment.putAll(changes);
        return ProcessPluginExec.withTimeout(Duration.ofNanos(request.deadline().remainingNanos()))
                .run(path, environment, stdin);
    }
}
