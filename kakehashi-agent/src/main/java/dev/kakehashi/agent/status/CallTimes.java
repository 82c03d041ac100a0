package dev.kakehashi.agent.status;

import java.util.concurrent.atomic.AtomicInteger;

/** How many CNI calls run, and how long they took: as a whole, and what they delegated. */
public final class CallTimes {
    private final AtomicInteger running = new AtomicInteger();
    private final Durations calls = new Durations();
    private final Durations delegates = new Durations();

    /** A call begins. */
    public void begun() {
        running.incrementAndGet();
    }

    /** A call that had begun is over, whatever came of it. */
    public void ended() {
        running.decrementAndGet();
    }

    /** How many calls run now. */
    int running() {
        return running.get();
    }

    /** Of the calls that came to the socket. */
    public Durations calls() {
        return calls;
    }

    /** Of the plugins to which those delegated in this process, as to that of the addresses. */
    public Durations delegates() {
        return delegates;
    }
}
