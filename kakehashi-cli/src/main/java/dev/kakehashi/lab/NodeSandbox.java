package dev.kakehashi.lab;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Sched;
import dev.kakehashi.linux.SysMount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A platform thread that lives in one node: in its network namespace and its mount namespace. What
 * it opens, reads, writes and starts is the node's.
 *
 * <p>Closing it leaves the node as it is; the namespaces live as long as they are pinned.
 */
final class NodeSandbox implements AutoCloseable {
    private final ExecutorService thread;

    private NodeSandbox(String name) {
        this.thread =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("lab-" + name).factory());
    }

    /** A folder of the node's own that hides one of the machine's. */
    record Bind(Path source, Path target) {}

    /**
     * Makes a node's mount namespace, in which {@code binds} hide the machine's own folders, and
     * pins it. The folders must exist. Equivalent to: {@code nsenter --net=NETNS unshare
     * --mount=PIN --propagation private}, then {@code mount --bind} for each.
     *
     * @param netns the node's network namespace
     * @param pin a file on a mount with private propagation, where the mount namespace is kept
     */
    static NodeSandbox create(String name, Path netns, Path pin, List<Bind> binds)
            throws IOException {
        NodeSandbox sandbox = new NodeSandbox(name);
        try {
            // First: one of the folders hidden below has its name.
            sandbox.call(() -> {
                enter(netns, Sched.CLONE_NEWNET);
                return true;
            });
            Files.createFile(pin);
            sandbox.pinNewMountNamespace(pin);
            sandbox.call(() -> hide(binds));
            return sandbox;
        } catch (IOException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    /**
     * A mount namespace can be pinned only in an older one, so that pins form no circle, and the
     * kernel knows age by numbers that it deals to the processors in batches (mnt_ns_loop in
     * fs/namespace.c, net_gen_cookie): what is made on another processor may have a smaller number
     * than the namespace of this process. On the processor where that one was made it is greater;
     * so each is tried.
     */
    private void pinNewMountNamespace(Path pin) throws IOException {
        BitSet processors = call(Sched::affinity);
        int processor = processors.nextSetBit(0);
        while (true) {
            Path made = newMountNamespace(processor);
            try {
                SysMount.mount(made.toString(), pin.toString(), "none", SysMount.MS_BIND);
                break;
            } catch (LinuxException e) {
                processor = processors.nextSetBit(processor + 1);
                if (processor < 0 || !e.is(Errno.EINVAL)) {
                    throw e;
                }
            }
        }
        call(() -> setAffinity(processors));
    }

    private Path newMountNamespace(int processor) throws IOException {
        return call(() -> {
            BitSet one = new BitSet();
            one.set(processor);
            setAffinity(one);
            // A thread that shares its root and working folder with others may not change its
            // mount namespace (setns(2)).
            Sched.unshare(Sched.CLONE_FS | Sched.CLONE_NEWNS);
            Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self"));
            return Path.of("/proc").resolve(thread).resolve("ns/mnt");
        });
    }

    private static boolean setAffinity(BitSet processors) throws IOException {
        Sched.setAffinity(processors);
        return true;
    }

    private static boolean hide(List<Bind> binds) throws IOException {
        SysMount.mount("none", "/", "none", SysMount.MS_REC | SysMount.MS_PRIVATE);
        for (Bind bind : binds) {
            SysMount.mount(
                    bind.source().toString(), bind.target().toString(), "none", SysMount.MS_BIND);
        }
        return true;
    }

    /** Enters a node that exists. Equivalent to: {@code nsenter --net=NETNS --mount=PIN}. */
    static NodeSandbox open(String name, Path netns, Path pin) throws IOException {
        NodeSandbox sandbox = new NodeSandbox(name);
        try {
            sandbox.call(() -> {
                enter(netns, Sched.CLONE_NEWNET);
                Sched.unshare(Sched.CLONE_FS);
                enter(pin, Sched.CLONE_NEWNS);
                return true;
            });
            return sandbox;
        } catch (IOException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    private static void enter(Path namespace, int type) throws IOException {
        try (Fd fd = Fcntl.open(namespace, Fcntl.O_RDONLY, 0)) {
            Sched.setns(fd, type);
        }
    }

    /**
     * Runs work inside the node and waits for it. A process that it starts is the node's.
     *
     * @throws IOException what the work threw, or a wrapper of another checked exception
     */
    <T> T call(Callable<T> work) throws IOException {
        try {
            return thread.submit(work).get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IOException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
