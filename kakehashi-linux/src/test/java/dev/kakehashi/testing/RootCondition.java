package dev.kakehashi.testing;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kernel tests need CAP_NET_ADMIN and CAP_SYS_ADMIN. */
final class RootCondition implements ExecutionCondition {
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_SYS_ADMIN = 21;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    long capabilities = Long.parseUnsignedLong(line.substring(7).strip(), 16);
                    long needed = 1L << CAP_NET_ADMIN | 1L << CAP_SYS_ADMIN;
                    return (capabilities & needed) == needed
                            ? ConditionEvaluationResult.enabled("has the capabilities")
                            : ConditionEvaluationResult.disabled(
                                    "needs root (CAP_NET_ADMIN and CAP_SYS_ADMIN)");
                }
            }
        } catch (IOException e) {
            return ConditionEvaluationResult.disabled("needs Linux: " + e.getMessage());
        }
        return ConditionEvaluationResult.disabled("needs Linux");
    }
}
