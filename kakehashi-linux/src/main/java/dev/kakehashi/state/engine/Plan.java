package dev.kakehashi.state.engine;

import java.util.List;

/**
 * What must be done to make kernels as desired, in order.
 *
 * @param steps the changes; applied together or undone
 * @param conflicts why it cannot be done; then nothing is
 * @param remarks differences that are left alone: what a shared object has otherwise than we would
 *     have made it
 */
public record Plan(List<Step> steps, List<Conflict> conflicts, List<String> remarks) {
    public Plan {
        steps = List.copyOf(steps);
        conflicts = List.copyOf(conflicts);
        remarks = List.copyOf(remarks);
    }

    /** Whether everything is as desired. */
    public boolean isEmpty() {
        return steps.isEmpty() && conflicts.isEmpty();
    }

    /** The commands that would do the same, one a line; remarks and conflicts as comments. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            for (String command : step.commands()) {
                text.append(command).append('\n');
            }
        }
        for (String remark : remarks) {
            text.append("# left alone: ").append(remark).append('\n');
        }
        for (Conflict conflict : conflicts) {
            text.append("# conflict: ").append(conflict).append('\n');
        }
        return text.toString();
    }
}
