package dev.kakehashi.plugins.cleanup;

import dev.kakehashi.cni.CniException;

import java.util.ArrayList;
import java.util.List;

/** Things that are done one after the other, whatever becomes of those before. */
public final class Parts {

    private final List<CniException> failures = new ArrayList<>();

    /** Nothing is done yet. */
    public Parts() {}

    /** Something that may fail on its own. */
    public interface Part {
        /** Does it. */
        void run() throws CniException;
    }

    /** Does a part and keeps its failure. */
    public void attempt(Part part) {
        try {
            part.run();
        } catch (CniException e) {
            failures.add(e);
        }
    }

    /**
     * Ends.
     *
     * @throws CniException if parts failed: with the code of the first and the texts of all
     */
    public void finish() throws CniException {
        if (failures.isEmpty()) {
            return;
        }
        CniException first = failures.getFirst();
        if (failures.size() == 1) {
            throw first;
        }
        StringBuilder text = new StringBuilder();
        for (CniException failure : failures) {
            text.append(text.isEmpty() ? "" : "; ").append(failure.getMessage());
        }
        CniException all = new CniException(first.code(), text.toString());
        failures.forEach(all::addSuppressed);
        throw all;
    }
}
