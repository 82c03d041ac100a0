package dev.kakehashi.state.engine;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Sysctl;

import java.util.List;

/** Which refusals of a kernel say only that a step had nothing left to do. */
final class Refusals {
    private Refusals() {}

    /**
     * Whether the step is as good as done.
     *
     * @param steps the step of each message of the batch
     */
    static boolean isHarmless(List<Step> steps, BatchResult.Failure failure, LinuxException cause) {
        return isTolerable(steps.get(failure.index()), cause)
                || isRemovalOfWhatIsGone(steps, failure, cause);
    }

    /** A change by removing and making: what it began with may have gone with something else. */
    private static boolean isRemovalOfWhatIsGone(
            List<Step> steps, BatchResult.Failure failure, LinuxException cause) {
        int index = failure.index();
        Step step = steps.get(index);
        return step instanceof Step.Change
                && !(step.resource() instanceof Link)
                && (index == 0 || !steps.get(index - 1).equals(step))
                && index + 1 < steps.size()
                && steps.get(index + 1).equals(step)
                && isGone(cause);
    }

    private static boolean isGone(LinuxException cause) {
        return cause.is(Errno.ENODEV)
                || cause.is(Errno.ENOENT)
                || cause.is(Errno.ESRCH)
                || cause.is(Errno.EADDRNOTAVAIL);
    }

    /**
     * An entry goes with its VLAN, and then the kernel calls the VLAN invalid (br_fdb_delete()).
     */
    private static boolean isOfGoneVlan(Step step, LinuxException cause) {
        return step.resource() instanceof FdbEntry entry
                && entry.vlan().isPresent()
                && cause.is(Errno.EINVAL);
    }

    /** What is shared may be there already; what is to be removed may be gone. */
    private static boolean isTolerable(Step step, LinuxException cause) {
        if (step instanceof Step.Remove) {
            return isGone(cause) || isOfGoneVlan(step, cause);
        }
        if (step.resource() instanceof Sysctl sysctl) {
            return !sysctl.required();
        }
        return step instanceof Step.Create
                && step.resource().relation() == Relation.SHARED
                && !(step.resource() instanceof Link)
                && cause.is(Errno.EEXIST);
    }
}
