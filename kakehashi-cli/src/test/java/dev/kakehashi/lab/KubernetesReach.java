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
     * Of the pods that are asked, how many there are by their label, and where their Service is.
     */
    private final Map<String, Group> groups = new LinkedHashMap<>();

    private record Group(int pods, String service) {}

    KubernetesReach(KubernetesBed bed) {
        this.bed = bed;
    }

    /** Starts so many pods, one on each node that shares its network, and a Service. */
    void start(int pods) throws IOException {
        groups.put("web", new Group(pods, KubernetesWorkload.SERVICE));
        bed.apply(KubernetesWorkload.of(pods));
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
        groups.put(name, new Group(pods, service));
        bed.apply(
                KubernetesWorkload.evenly(name, pods)
                        + KubernetesWorkload.service(name, service, "app: " + name));
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
        pods().forEach(pod -> targets.add(pod.address() + " " + KubernetesWorkload.POD_PORT));
        bed.all().forEach(n -> targets.add(n.address() + " " + KubernetesWorkload.HOST_PORT));
        groups.values().forEach(group -> targets.add(group.service()));
        targets.add(KubernetesWorkload.API_SERVER);
        return targets;
    }

    private void assertAnswered(String who, List<Pod> pods, String answers) {
        for (Pod pod : pods) {
            String port = " " + KubernetesWorkload.POD_PORT + ": ";
            assertThat(answers)
                    .as(who)
                    .containsPattern(
                            "(?s)"
                                    + Pattern.quote(pod.address() + port + OK)
                                    + "((?!"
                                    + port
                                    + ").)*"
                                    + pod.name());
        }
        for (LabNode node : bed.all()) {
            assertThat(answers)
                    .as(who)
                    .contains(node.address() + " " + KubernetesWorkload.HOST_PORT + ": " + OK);
        }
        for (Group group : groups.values()) {
            assertThat(answers).as(who).contains(group.service() + ": " + OK);
        }
        assertThat(answers).as(who).contains(KubernetesWorkload.COMPLAINT);
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
        String target = pod.address() + " " + KubernetesWorkload.POD_PORT;
        LabBed.await(
                "an answer of " + pod,
                KubernetesBed.SOON,
                () -> bed.inPod(other, asking(List.of(target))).contains(OK));
        bed.kubectl("delete", "pod/" + name, "--timeout=30s");
    }
}
