package dev.kakehashi.linux;

import java.util.BitSet;

/**
 * {@code <sched.h>}: the namespaces and processors of the calling thread, and when threads run.
 *
 * <p>Only for platform threads of one's own: a virtual thread would change its carrier, and with it
 * every other virtual thread that runs there. {@code dev.kakehashi.linux.netns.Netns} does it
 * safely.
 */
public final class Sched {
    public static final int CLONE_FS = 0x200;
    public static final int CLONE_NEWNS = 0x20000;
    public static final int CLONE_NEWNET = 0x40000000;

    private static final long SETNS = CLibrary.function("setns");
    private static final long UNSHARE = CLibrary.function("unshare");

    private static final long SETSCHEDULER = CLibrary.function("sched_setscheduler");
    private static final long GETAFFINITY = CLibrary.function("sched_getaffinity");
    private static final long SETAFFINITY = CLibrary.function("sched_setaffinity");

    /** {@code sizeof(cpu_set_t)}: 1024 processors. */
    private static final int CPU_SET_SIZE = 128;

    private static final int SCHED_RR = 2;

    private Sched() {}

    /**
     * Moves the calling thread into a namespace. Equivalent to: {@code nsenter}, for one thread.
     *
     * @param type the {@code CLONE_NEW*} that {@code namespace} must be of, or 0 for any
     */
    public static void setns(Fd namespace, int type) throws LinuxException {
        requirePlatformThread();
        if ((int) CLibrary.call(SETNS, namespace.number(), type) < 0) {
            throw new LinuxException(CLibrary.errno(), "setns", namespace + ", " + types(type));
        }
    }

    /**
     * Moves the calling thread into new namespaces. Equivalent to: {@code unshare}, for one thread.
     */
    public static void unshare(int flags) throws LinuxException {
        requirePlatformThread();
        if ((int) CLibrary.call(UNSHARE, flags) < 0) {
            throw new LinuxException(CLibrary.errno(), "unshare", types(flags));
        }
    }

    /** The processors that the calling thread may run on, by their numbers. */
    public static BitSet affinity() throws LinuxException {
        requirePlatformThread();
        try (Memory memory = Memory.open()) {
            Struct set = memory.struct(CPU_SET_SIZE);
            if ((int) CLibrary.call(GETAFFINITY, 0, CPU_SET_SIZE, set.address()) < 0) {
                throw new LinuxException(CLibrary.errno(), "sched_getaffinity", "this thread");
            }
            return BitSet.valueOf(set.toBytes(0, CPU_SET_SIZE));
        }
    }

    /**
     * Chooses the processors that the calling thread and what it starts may run on; it runs on one
     * of them when this returns. Equivalent to: {@code taskset --cpu-list}, for one thread.
     */
    public static void setAffinity(BitSet processors) throws LinuxException {
        requirePlatformThread();
        try (Memory memory = Memory.open()) {
            Struct set = memory.struct(CPU_SET_SIZE);
            set.putBytes(0, processors.toByteArray());
            if ((int) CLibrary.call(SETAFFINITY, 0, CPU_SET_SIZE, set.address()) < 0) {
                throw new LinuxException(
                        CLibrary.errno(), "sched_setaffinity", "processors " + processors);
            }
        }
    }

    /**
     * Lets one thread of this process, and all that it starts from now on, run before every thread
     * that has no real-time priority, in turn with those of the same one (SCHED_RR, sched(7)).
     * Equivalent to: {@code chrt --rr --pid PRIORITY THREAD}.
     *
     * @param thread its number among the tasks of the process; 0 for the calling thread
     * @param priority from 1 (the least) to 99
     * @throws LinuxException EPERM without CAP_SYS_NICE, or in a control group that may have no
     *     such threads (a kernel with CONFIG_RT_GROUP_SCHED); ESRCH when it has ended
     */
    public static void setRoundRobin(int thread, int priority) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct parameter = memory.struct(Integer.BYTES); // struct sched_param
            parameter.putInt(0, priority);
            if ((int) CLibrary.call(SETSCHEDULER, thread, SCHED_RR, parameter.address()) < 0) {
                throw new LinuxException(
                        CLibrary.errno(),
                        "sched_setscheduler",
                        "thread " + thread + ", SCHED_RR, priority " + priority);
            }
        }
    }

    private static void requirePlatformThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(
                    "a virtual thread must not change this: it would change its carrier thread");
        }
    }

    private static String types(int flags) {
        return switch (flags) {
            case 0 -> "any type";
            case CLONE_FS -> "CLONE_FS";
            case CLONE_NEWNS -> "CLONE_NEWNS";
            case CLONE_NEWNET -> "CLONE_NEWNET";
            default -> "0x" + Integer.toHexString(flags);
        };
    }
}
