package dev.kakehashi.state.engine;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.genetlink.GenericRequest;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.wireguard.WireguardNetlink;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.WireguardInterface;
import dev.kakehashi.state.WireguardTunnel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps about WireGuard in one namespace, in one send. */
final class WireguardExecution {
    private final List<GenericRequest> requests = new ArrayList<>();
    private final List<Step> owners = new ArrayList<>();

    /**
     * What became of the steps.
     *
     * @param done those that did something, or had nothing to do
     */
    record Outcome(List<Step> done, List<StepException> failures) {}

    static boolean carriesOut(Step step) {
        Resource resource = step.resource();
        return resource instanceof WireguardInterface || resource instanceof WireguardTunnel;
    }

    boolean isEmpty() {
        return owners.isEmpty();
    }

    void add(Step step) {
        WireguardHandler<Resource> handler = handler(step.resource());
        Optional<GenericRequest> request =
                step instanceof Step.Remove
                        ? handler.removal(step.resource())
                        : Optional.of(handler.set(step.resource()));
        if (request.isPresent()) {
            requests.add(request.get());
            owners.add(step);
        }
    }

    /** Carries out what was added, all of it, whatever becomes of some. */
    Outcome run(Netns netns) throws IOException {
        try {
            return submit(netns);
        } finally {
            requests.clear();
            owners.clear();
        }
    }

    private Outcome submit(Netns netns) throws IOException {
        Optional<WireguardNetlink> opened = WireguardNetlink.open(netns);
        if (opened.isEmpty()) {
            LinuxException missing =
                    new LinuxException(
                            Errno.EOPNOTSUPP.number(), "wg", "this kernel has no WireGuard");
            return new Outcome(List.of(), List.of(new StepException(owners.getFirst(), missing)));
        }
        try (WireguardNetlink netlink = opened.get()) {
            return outcome(netlink.submit(requests));
        }
    }

    private Outcome outcome(BatchResult result) {
        List<Step> done = new ArrayList<>(owners);
        List<StepException> failures = new ArrayList<>();
        for (BatchResult.Failure failure : result.failures()) {
            Step step = owners.get(failure.index());
            done.remove(step);
            LinuxException cause = failure.toException();
            // A peer goes with its device.
            if (!(step instanceof Step.Remove && cause.is(Errno.ENODEV))) {
                failures.add(new StepException(step, cause));
            }
        }
        return new Outcome(done, failures);
    }

    @SuppressWarnings("unchecked") // all kinds that come here are WireGuard's
    private static WireguardHandler<Resource> handler(Resource resource) {
        return (WireguardHandler<Resource>) (Handler<?>) Handlers.of(resource);
    }
}
