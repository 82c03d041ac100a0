package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.status.Durations;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Delegator;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;

/** Counts how long a delegate takes. */
record TimedDelegator(Delegator delegator, Durations durations) implements Delegator {
    @Override
    public CniResult add(String type, PluginRequest request) throws CniException {
        return timed("ADD", type, () -> delegator.add(type, request));
    }

    @Override
    public void del(String type, PluginRequest request) throws CniException {
        run("DEL", type, () -> delegator.del(type, request));
    }

    @Override
    public void check(String type, PluginRequest request) throws CniException {
        run("CHECK", type, () -> delegator.check(type, request));
    }

    @Override
    public void gc(String type, PluginRequest request) throws CniException {
        run("GC", type, () -> delegator.gc(type, request));
    }

    @Override
    public void status(String type, PluginRequest request) throws CniException {
        run("STATUS", type, () -> delegator.status(type, request));
    }

    private interface Call<T> {
        T run() throws CniException;
    }

    private interface Action {
        void run() throws CniException;
    }

    private void run(String command, String type, Action action) throws CniException {
        boolean _ =
                timed(
                        command,
                        type,
                        () -> {
                            action.run();
                            return true;
                        });
    }

    private <T> T timed(String command, String type, Call<T> call) throws CniException {
        long begun = System.nanoTime();
        boolean succeeded = false;
        try {
            T result = call.run();
            succeeded = true;
            return result;
        } finally {
            durations.took(command, type, succeeded, System.nanoTime() - begun);
        }
    }
}
