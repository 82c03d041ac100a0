package dev.kakehashi.linux;

/** {@code <sys/resource.h>}: how much of the processors a thread gets beside others. */
public final class SysResource {
    private static final long GETPRIORITY = CLibrary.function("getpriority");
    private static final long SETPRIORITY = CLibrary.function("setpriority");
    private static final int PRIO_PROCESS = 0;

    private SysResource() {}

    /** The nice value of a thread of this process: -20 (most) to 19, 0 usually. */
    public static int nice(int thread) {
        return (int) CLibrary.call(GETPRIORITY, PRIO_PROCESS, thread);
    }

    /**
     * Sets the nice value of one thread, and with it of all that it starts from now on (on Linux it
     * is an attribute of the thread, setpriority(2)). Equivalent to: {@code renice -n NICE -p
     * THREAD}.
     *
     * @param thread its number among the tasks of the process; 0 for the calling thread
     * @throws LinuxException EACCES without CAP_SYS_NICE, for less than what it has; ESRCH when it
     *     has ended
     */
    public static void setNice(int thread, int nice) throws LinuxException {
        if ((int) CLibrary.call(SETPRIORITY, PRIO_PROCESS, thread, nice) < 0) {
            throw new LinuxException(
                    CLibrary.errno(), "setpriority", "thread " + thread + ", nice " + nice);
        }
    }
}
