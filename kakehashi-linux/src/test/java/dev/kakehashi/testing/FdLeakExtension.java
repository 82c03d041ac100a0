package dev.kakehashi.testing;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.FdTrace;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Fails a test that leaves descriptors open, with the stacks that opened them. */
public final class FdLeakExtension implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace STORE =
            ExtensionContext.Namespace.create(FdLeakExtension.class);

    /** How long threads in the background may take to close theirs. */
    private static final long GRACE_MILLIS = 1000;

    @Override
    public void beforeEach(ExtensionContext context) {
        FdTrace.enable();
        context.getStore(STORE).put("before", FdTrace.open().keySet());
    }

    @Override
    @SuppressWarnings("unchecked")
    public void afterEach(ExtensionContext context) throws InterruptedException {
        Set<Fd> before =
                (Set<Fd>) context.getStore(STORE).getOrDefault("before", Set.class, Set.of());
        long deadline = System.nanoTime() + GRACE_MILLIS * 1_000_000;
        Map<Fd, Throwable> leaked = leaked(before);
        while (!leaked.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
            leaked = leaked(before);
        }
        if (!leaked.isEmpty()) {
            AssertionError error =
                    new AssertionError(
                            leaked.size() + " descriptors are left open: " + leaked.keySet());
            leaked.values().forEach(error::addSuppressed);
            throw error;
        }
    }

    private static Map<Fd, Throwable> leaked(Set<Fd> before) {
        Map<Fd, Throwable> open = new HashMap<>(FdTrace.open());
        open.keySet().removeAll(before);
        return open;
    }
}
