package dev.kakehashi.state.engine;

import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The carrying out of a plan. Each namespace is entered once for each run of steps in it, and
 * netlink messages that follow each other go in one send. Remembers what was done, so that it can
 * be taken back.
 */
final class Execution {
    private final Tools tools;
    private final Optional<StepHook> hook;
    private final Progress progress = new Progress();
    private final LinkRemoval removal;
    private boolean undoing;

    /**
     * An execution of nothing yet.
     *
     * @param removal how links go where somebody deletes them behind the scenes
     */
    Execution(Tools tools, LinkRemoval removal, Optional<StepHook> hook) {
        this.tools = tools;
        this.removal = removal;
        this.hook = hook;
    }

    /** The links that were seen or made. */
    Indexes indexes() {
        return tools.indexes();
    }

    /** What was done so far, in order. */
    List<Step> done() {
        return progress.done();
    }

    /**
     * Carries out the steps, or takes back what was done of them.
     *
     * @throws StepException the first step that failed
     */
    void run(List<Step> steps) throws IOException {
        try {
            if (hook.isPresent()) {
                for (Step step : steps) {
                    hook.get().before(step);
                    runGroups(List.of(step));
                }
            } else {
                runGroups(steps);
            }
        } catch (IOException | RuntimeException e) {
            undo(e);
            throw e;
        }
    }

    /** Carries out what can be of the steps and takes nothing back; tells what could not be. */
    List<StepException> runAsFarAsPossible(List<Step> steps) throws IOException {
        progress.keepGoing();
        runGroups(steps);
        return progress.failures();
    }

    private void runGroups(List<Step> steps) throws IOException {
        int from = 0;
        while (from < steps.size()) {
            NamespaceId namespace = steps.get(from).executedIn();
            boolean inside = false;
            int to = from;
            while (to < steps.size() && steps.get(to).executedIn().equals(namespace)) {
                inside |=
                        steps.get(to).resource() instanceof Sysctl sysctl
                                && !StepGroup.isTold(steps.get(to), sysctl);
                to++;
            }
            List<Step> group = steps.subList(from, to);
            Kernel.Work<Boolean> work =
                    netlink -> {
                        new StepGroup(tools, progress, namespace, netlink, removal(namespace))
                                .run(group);
                        return true;
                    };
            if (inside) {
                tools.kernel().enter(namespace, work);
            } else {
                tools.kernel().talk(namespace, work);
            }
            from = to;
        }
    }

    private LinkRemoval removal(NamespaceId namespace) {
        // Links go at once, with their far ends, when the next attempt may follow.
        return undoing || tools.kernel().home(namespace).isEmpty() ? LinkRemoval.AT_ONCE : removal;
    }

    /** Takes back what was done, last first; what cannot be is told with the failure. */
    private void undo(Exception failure) {
        undoing = true;
        // Those of nftables go together: chains cannot be deleted before rules that lead to them.
        List<Step> nft = new ArrayList<>();
        for (Step step : List.copyOf(progress.done()).reversed()) {
            if (step.inverse().isEmpty() || goesWithLink(step)) {
                continue;
            }
            Step back = step.inverse().get();
            if (NftExecution.carriesOut(back)) {
                nft.add(back);
            } else {
                undo(nft, failure);
                nft.clear();
                undo(List.of(back), failure);
            }
        }
        undo(nft, failure);
        progress.undone();
    }

    private void undo(List<Step> back, Exception failure) {
        if (back.isEmpty()) {
            return;
        }
        try {
            runGroups(List.copyOf(back));
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private boolean goesWithLink(Step step) {
        return !(step.resource() instanceof Link)
                && Handlers.of(step.resource())
                        .goesWith(
                                step.resource(),
                                device -> progress.hasMade(new LinkRef(step.namespace(), device)));
    }
}
