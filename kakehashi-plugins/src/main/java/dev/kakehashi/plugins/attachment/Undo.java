package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniException;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What must be taken back when an ADD fails, last first. A failure of taking back is attached to
 * the failure that led to it.
 */
public final class Undo {

    private final Deque<Consumer<CniException>> steps = new ArrayDeque<>();

    /** Nothing to take back yet. */
    public Undo() {}

    /** Notes how to take back what was just done. */
    public void add(Consumer<CniException> step) {
        steps.push(step);
    }

    /** Something that is done in steps. */
    public interface Work<T> {
        /** Does it; each step that is done is noted. */
        T run(Undo undo) throws CniException;
    }

    /**
     * Does the work, or takes back what was done of it and fails.
     *
     * @throws CniException what the work threw
     */
    public static <T> T onFailure(Work<T> work) throws CniException {
        Undo undo = new Undo();
        try {
            return work.run(undo);
        } catch (CniException e) {
            undo.run(e);
            throw e;
        } catch (RuntimeException e) {
            undo.run(new CniException(CniException.INTERNAL, String.valueOf(e.getMessage()), e));
            throw e;
        }
    }

    private void run(CniException failure) {
        while (!steps.isEmpty()) {
            steps.pop().accept(failure);
        }
    }
}
