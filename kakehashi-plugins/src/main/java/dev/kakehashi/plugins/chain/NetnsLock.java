package dev.kakehashi.plugins.chain;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysFile;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Failures;

/**
 * The lock that the reference plugin {@code sbr} takes on the file of a container's namespace, so
 * that two calls do not find the same table free. It ends when the handle is closed.
 */
public final class NetnsLock {

    private static final long PAUSE_MILLIS = 2;
    private static final long PATIENCE_MILLIS = 30_000;

    private NetnsLock() {}

    /**
     * Takes it, after whoever holds it.
     *
     * @throws CniException code 11 when that takes half a minute
     */
    public static void acquire(Netns netns) throws CniException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        try {
            while (!SysFile.tryLockExclusive(netns.fd())) {
                if (System.nanoTime() > deadline) {
                    throw new CniException(
                            CniException.TRY_AGAIN_LATER,
                            "somebody else has locked the container's network namespace");
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (LinuxException e) {
            throw Failures.of("failed to lock the container's network namespace", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniException(CniException.TRY_AGAIN_LATER, "interrupted", e);
        }
    }
}
