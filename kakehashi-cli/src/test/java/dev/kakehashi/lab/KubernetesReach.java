package dev.kakehashi.lab;

import static dev.kakehashi.lab.KubernetesWorkload.OK;
import static dev.kakehashi.lab.KubernetesWorkload.asking;
import static dev.kakehashi.lab.KubernetesWorkload.single;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.lab.KubernetesBed.Pod;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** The pods of a test, and who reaches whom. */
final class KubernetesReach {
    private final KubernetesBed bed;

    /**
     * Of the pods that are asked, how many there are by their label, and where their Services are.
     */
    private final Map<String, Group> groups = new LinkedHashMap<>();

    private record Group(int pods, List<String> services) {
        Group {
            services = List.copyOf(services);
        }
    }

    KubernetesReach(KubernetesBed bed) {
        this.bed = bed;
    }

    /** Starts so many pods, one on each node that shares its network, and a Service. */
    void start(int pods) throws IOException {
        groups.put("web", new Group(pods, KubernetesWorkload.services(bed.family())));
        bed.apply(KubernetesWorkload.of(pods, bed.family()));
        bed.kubectl("rollout", "status", "deployment/web", "--timeout=90s");
        bed.kubectl("rollout", "status", "daemonset/host", "--timeout=60s");
    }

    /**
     * Starts more pods, which are asked with the others from now on.
     *
     * @param name their label
     * @param service address and port of their Service
     */
    void startMore(String name, int pods, String service) throws IOException {
        groups.put(name, new Group(pods, List.of(service)));
        bed.apply(
                KubernetesWorkload.evenly(name, pods)
                        + KubernetesWorkload.service(name, List.of(service), "app: " + name));
        bed.kubectl("rollout", "status", "deployment/" + name, "--timeout=90s");
    }

    /** Ends what was started so. */
    void end(String name) throws IOException {
        groups.remove(name);
        bed.kubectl("delete", "deployment,service", name, "--timeout=60s");
        bed.await("delete", "pods", "--selector=app=" + name);
    }

    /** All pods that are asked. */
    List<Pod> pods() throws IOException {
        return bed.pods("app in (" + String.join(",", groups.keySet()) + ")");
    }

    private List<String> everybody() throws IOException {
        List<String> targets = new ArrayList<>();
        pods().forEach(pod -> targets.addAll(at(pod.addresses(), KubernetesWorkload.POD_PORT)));
        bed.all().forEach(n -> targets.addAll(at(n.addresses(), KubernetesWorkload.HOST_PORT)));
        groups.values().forEach(group -> targets.addAll(group.services()));
        targets.addAll(KubernetesWorkload.apiServers(bed.family()));
        return targets;
    }

    /** As {@link KubernetesWorkload#asking} takes them. */
    static List<String> at(List<String> addresses, int port) {
        return addresses.stream().map(address -> address + " " + port).toList();
    }

    private void assertAnswered(String who, List<Pod> pods, String answers) {
        for (Pod pod : pods) {
            assertThat(pod.addresses()).hasSameSizeAs(bed.all().getFirst().addresses());
            for (String target : at(pod.addresses(), KubernetesWorkload.POD_PORT)) {
                assertThat(answers).as(who).containsPattern(answer(target, OK, pod.name()));
            }
        }
        for (LabNode node : bed.all()) {
            for (String target : at(node.addresses(), KubernetesWorkload.HOST_PORT)) {
                assertThat(answers).as(who).contains(target + ": " + OK);
            }
        }
        for (Group group : groups.values()) {
            for (String service : group.services()) {
                assertThat(answers).as(who).contains(service + ": " + OK);
            }
        }
        for (String server : KubernetesWorkload.apiServers(bed.family())) {
            String complaint = KubernetesWorkload.COMPLAINT;
            assertThat(answers).as(who).containsPattern(answer(server, "HTTP/1.0 400 ", complaint));
        }
    }

    /** What one of them says, up to what the next one says. */
    private static Pattern answer(String target, String beginning, String within) {
        return Pattern.compile(
                Pattern.quote(target + ": " + beginning)
                        + "((?!\\n[0-9a-f.:]+ \\d+: ).)*"
                        + Pattern.quote(within),
                Pattern.DOTALL);
    }

    /** Each of {@code askers} asks everybody. */
    void assertReach(List<Pod> askers) throws IOException {
        List<Pod> pods = pods();
        assertThat(pods).hasSize(groups.values().stream().mapToInt(Group::pods).sum());
        String script = asking(everybody());
        List<Callable<Boolean>> work = new ArrayList<>();
        for (Pod asker : askers) {
            work.add(() -> {
                assertAnswered(asker + "", pods, bed.inPod(asker, script));
                return true;
            });
        }
        LabUp.runAll(work);
    }

    /** The pod on each node that was named first. */
    List<Pod> oneOfEach(String selector) throws IOException {
        Map<String, Pod> byNode = new TreeMap<>();
        bed.pods(selector).forEach(pod -> byNode.putIfAbsent(pod.node(), pod));
        assertThat(byNode).hasSize(3);
        return List.copyOf(byNode.values());
    }

    /** A pod that is named starts on a node, is reached once it listens, and goes. */
    void assertStarts(String name, String node) throws Exception {
        bed.apply(single(name, node, ""));
        bed.await("condition=Ready", "pod/" + name);
        Pod pod = bed.pods("app=" + name).getFirst();
        Pod other = oneOfEach("app=web").get(1);
        List<String> targets = at(pod.addresses(), KubernetesWorkload.POD_PORT);
        LabBed.await(
                "an answer of " + pod,
                KubernetesBed.SOON,
                () -> bed.inPod(other, asking(targets)).split(OK, -1).length > targets.size());
        bed.kubectl("delete", "pod/" + name, "--timeout=30s");
    }
}
