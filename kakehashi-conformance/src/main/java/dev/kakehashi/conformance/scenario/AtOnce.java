package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.Role;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several containers at once. */
final class AtOnce {
    private static final int CONTAINERS = 8;

    private AtOnce() {}

    static void play(Stage stage) throws Exception {
        List<Pod> pods = new ArrayList<>();
        List<Callable<CniResult>> adds = new ArrayList<>();
        List<Callable<CniResult>> dels = new ArrayList<>();
        // A device, or a VLAN of one, can be given to one container only.
        boolean single = Set.of("host-device", "vlan").contains(stage.target().type());
        for (int i = 0; i < (single ? 1 : CONTAINERS); i++) {
            Pod pod = stage.pod("p" + i);
            pods.add(pod);
            adds.add(() -> stage.add(pod));
            dels.add(() -> {
                stage.del(pod).silent();
                return CniResult.EMPTY;
            });
        }
        List<CniResult> results = all(adds);
        if (stage.target().type().equals("host-local")) {
            distinct(results);
        }
        if (stage.target().profile().role() == Role.INTERFACE) {
            for (Pod pod : pods) {
                stage.in(pod).see("link " + IF_NAME);
            }
        }
        all(dels);
    }

    private static void distinct(List<CniResult> results) throws Mismatch {
        Set<String> addresses = new HashSet<>();
        for (CniResult result : results) {
            String address = String.valueOf(result.ips());
            if (!addresses.add(address)) {
                throw Mismatch.of("an address of its own for each container", address + " twice");
            }
        }
    }

    private static List<CniResult> all(List<Callable<CniResult>> work) throws Exception {
        List<CniResult> results = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(CONTAINERS)) {
            for (Future<CniResult> future : pool.invokeAll(work)) {
                results.add(future.get());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
        return results;
    }
}
