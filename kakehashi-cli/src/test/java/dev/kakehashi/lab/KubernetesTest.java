package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.lab.KubernetesBed.Pod;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Our agents and plugins as the network of a real Kubernetes of three nodes: the agents act as the
 * account of the manifest, the pods are made by kubelets and containerd.
 */
@Tag("kubernetes")
@Tag("soak") // too long for whoever asks for none of the tiers by name
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubernetesTest {
    private static final String ACCOUNT = "system:serviceaccount:kakehashi-system:kakehashi";
    private static final int PODS = 15;
    private static final int POD_PORT = 8080;
    private static final String OK = "HTTP/1.1 200 OK";
    private static final Duration FOLLOWED = Duration.ofSeconds(20);

    private final KubernetesBed bed = new KubernetesBed(new LabSpec("kubetest", 3, 0, "vxlan", 1));

    @BeforeAll
    void up() throws IOException {
        bed.up(List.of());
        bed.install();
        bed.apply(workload());
        bed.kubectl("rollout", "status", "deployment/web", "--timeout=60s");
        bed.kubectl("rollout", "status", "daemonset/host", "--timeout=60s");
    }

    @AfterAll
    void down() throws Exception {
        try {
            bed.kubectl("delete", "deployment,daemonset,service", "--all", "--timeout=60s");
            for (LabNode node : bed.all()) {
                LabBed.await("the end of the pods on " + node.name(), FOLLOWED, () -> isBare(node));
            }
        } finally {
            bed.down();
        }
        assertThat(bed.nodes().traces()).isEmpty();
    }

    /** Neither links nor addresses of pods are left. */
    private boolean isBare(LabNode node) throws IOException {
        String left =
                bed.nodes()
                        .inNode(
                                node.name(),
                                "ip -br link; ls /var/lib/cni/networks/pods /run/netns");
        return !left.contains("veth") && !left.contains("10.244.") && !left.contains("cni-");
    }

    /** Pods that say their name by HTTP, in the pods' network and in the nodes'. */
    private static String workload() {
        return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: %d
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              topologySpreadConstraints:
              - maxSkew: 1
                topologyKey: kubernetes.io/hostname
                whenUnsatisfiable: DoNotSchedule
                labelSelector: {matchLabels: {app: web}}
              containers:
              - name: web
                image: %s
                imagePullPolicy: Never
                command: [/bin/sh, -c]
                args: ["mkdir /tmp/www; hostname > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www"]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          clusterIP: 10.96.0.80
          selector: {app: web}
          ports: [{port: 80, targetPort: 8080}]
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: host}
        spec:
          selector: {matchLabels: {app: host}}
          template:
            metadata: {labels: {app: host}}
            spec:
              hostNetwork: true
              terminationGracePeriodSeconds: 0
              containers:
              - name: host
                image: %s
                imagePullPolicy: Never
                command: [/bin/sh, -c]
                args: ["mkdir /tmp/www; echo host > /tmp/www/index.html; exec httpd -f -p 8081 -h /tmp/www"]
        """
                .formatted(PODS, LabImages.BUSYBOX, LabImages.BUSYBOX);
    }

    /** Asks each of {@code targets} for its page, and the API server for a complaint. */
    private static String asking(List<String> targets) {
        StringBuilder script =
                new StringBuilder(
                        "ask() { printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 $1 $2; }\n");
        for (String target : targets) {
            script.append("echo \"")
                    .append(target)
                    .append(": $(ask ")
                    .append(target)
                    .append(")\"\n");
        }
        return script.toString();
    }

    private List<String> everybody() throws IOException {
        List<String> targets = new ArrayList<>();
        bed.pods("app=web").forEach(pod -> targets.add(pod.address() + " 8080"));
        bed.all().forEach(node -> targets.add(node.address() + " 8081"));
        targets.add("10.96.0.80 80");
        targets.add("10.96.0.1 443");
        return targets;
    }

    private void assertAnswered(String who, String answers) throws IOException {
        List<Pod> pods = bed.pods("app=web");
        assertThat(pods).hasSize(PODS);
        for (Pod pod : pods) {
            String target = pod.address() + " " + POD_PORT + ": ";
            assertThat(answers)
                    .as(who)
                    .containsPattern(
                            "(?s)"
                                    + Pattern.quote(target + OK)
                                    + "((?! "
                                    + POD_PORT
                                    + ": ).)*"
                                    + pod.name());
        }
        for (LabNode node : bed.all()) {
            assertThat(answers).as(who).contains(node.address() + " 8081: HTTP/1.1 200 OK");
        }
        assertThat(answers)
                .as(who)
                .contains(
                        "10.96.0.80 80: HTTP/1.1 200 OK",
                        "Client sent an HTTP request to an HTTPS server");
    }

    private void assertAllReach() throws IOException {
        String script = asking(everybody());
        for (Pod pod : bed.pods("app=web")) {
            assertAnswered(pod.name() + " on " + pod.node(), bed.inPod(pod, script));
        }
    }

    @Test
    void everyPod_reachesPodsNodesServicesAndTheApiServer() throws IOException {
        assertThat(bed.pods("app=web").stream().map(Pod::node).distinct()).hasSize(3);
        assertAllReach();
    }

    @Test
    void everyNode_reachesPodsNodesServicesAndTheApiServer() throws IOException {
        String script = asking(everybody());
        for (Pod host : bed.pods("app=host")) {
            assertAnswered("host " + host.node(), bed.inPod(host, script));
        }
    }

    @Test
    void nodes_sayHowTheirNetworkStands() throws IOException {
        assertThat(
                        bed.kubectl(
                                "get",
                                "nodes",
                                "-o",
                                "jsonpath={.items[*].status.conditions[?(@.type==\"NetworkUnavailable\")].reason}"))
                .isEqualTo("KakehashiIsUp KakehashiIsUp KakehashiIsUp");
        assertThat(bed.kubectl("get", "networks"))
                .containsPattern("pods +\\[\"10.244.0.0/16\"\\] +vxlan|pods +.*vxlan");
        assertThat(
                        bed.nodes()
                                .inNode(
                                        "node1",
                                        "ip -d link show flannel.1; ip route; cat /etc/cni/net.d/10-kakehashi.conflist"))
                .contains("vxlan id 1 local 198.18.1.11 dev eth0")
                .containsPattern("10.244.[12].0/24 via 10.244.[12].0 dev flannel.1 proto 75 onlink")
                .contains("\"portmap\"", "\"bandwidth\"");
    }

    /** An agent that is gone harms neither traffic nor new pods. */
    @Test
    void agentKilled_trafficGoesOn_andPodsStart() throws Exception {
        List<Pod> pods = bed.pods("app=web");
        Pod near = on(pods, "node2");
        Pod far = on(pods, "node1");
        Path heard = bed.directory().path().resolve("ping");
        Process ping = bed.inPodMeanwhile(near, heard, "ping -c 60 -i 0.1 -W 5 " + far.address());
        LabBed.await(
                "the first answer",
                FOLLOWED,
                () -> Files.exists(heard) && Files.readString(heard).contains("seq=0"));

        bed.killAgent(bed.nodes().node("node1"));
        bed.apply(single("late", "node1", ""));
        bed.await("condition=Ready", "pod/late");
        bed.startAgent(bed.nodes().node("node1"));

        assertThat(ping.waitFor()).isZero();
        assertThat(Files.readString(heard))
                .contains("60 packets transmitted, 60 packets received, 0% packet loss");
        Pod late = bed.pods("app=late").getFirst();
        assertThat(bed.inPod(near, asking(List.of(late.address() + " 8080")))).contains("200 OK");
        bed.kubectl("delete", "pod/late", "--timeout=30s");
    }

    @Test
    void carrierChanged_podsReachEachOtherByTheOther() throws Exception {
        Pod near = on(bed.pods("app=web"), "node2");
        String gateway = bed.nodes().node("node3").address();

        changeCarrier("host-gw");

        assertThat(bed.nodes().inNode("node2", "ip route"))
                .contains("via " + gateway + " dev eth0 proto 75");
        assertAnswered(near.name(), bed.inPod(near, asking(everybody())));
        changeCarrier("vxlan");
        assertAnswered(near.name(), bed.inPod(near, asking(everybody())));
    }

    private void changeCarrier(String carrier) throws Exception {
        bed.kubectl(
                "patch",
                "network",
                "pods",
                "--type=merge",
                "-p",
                "{\"spec\":{\"carrier\":\"" + carrier + "\"}}");
        LabBed.await(
                "carrier " + carrier,
                FOLLOWED,
                () ->
                        bed.kubectl(
                                        "get",
                                        "nodes",
                                        "-o",
                                        "jsonpath={.items[*].metadata.annotations.kakehashi\\.dev/carrier}")
                                .equals(carrier + " " + carrier + " " + carrier));
    }

    @Test
    void publishedPort_isReachedByTheNodesAddress() throws Exception {
        String published = bed.nodes().node("node3").address() + " 18080";
        bed.apply(single("published", "node3", "ports: [{containerPort: 8080, hostPort: 18080}]"));
        bed.await("condition=Ready", "pod/published");
        Pod other = on(bed.pods("app=web"), "node1");

        assertThat(bed.inPod(other, asking(List.of(published)))).contains(OK);
        bed.kubectl("delete", "pod/published", "--timeout=30s");
        // The API server forgets a pod with no time to end in before its node has ended it.
        LabBed.await(
                "the end of the published port",
                FOLLOWED,
                () -> !bed.inPod(other, asking(List.of(published))).contains(OK));
    }

    /** What the manifest allows, as the API server judges: this and no more. */
    @Test
    void account_mayDoWhatItMust_andNoMore() throws IOException {
        Map<String, String> everywhere = allowed("default");
        assertThat(everywhere)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "nodes", "get list watch patch",
                                "nodes/status", "patch",
                                "networks.kakehashi.dev", "get list watch create",
                                "bgppeers.kakehashi.dev", "get list watch",
                                "ippools.kakehashi.dev", "get list watch",
                                "ippools.kakehashi.dev/status", "patch",
                                "ipblocks.kakehashi.dev", "get list watch create patch delete",
                                "ipblocks.kakehashi.dev/status", "patch",
                                "events.events.k8s.io", "create"));

        Map<String, String> inOurs = new TreeMap<>(allowed(KubernetesInstall.NAMESPACE));
        inOurs.keySet().removeAll(everywhere.keySet());
        assertThat(inOurs)
                .containsExactlyEntriesOf(
                        Map.of("leases.coordination.k8s.io", "get list watch create patch delete"));
    }

    /** Verbs by resource, but for what every account may ask about itself. */
    private Map<String, String> allowed(String namespace) throws IOException {
        Map<String, String> allowed = new TreeMap<>();
        bed.kubectl("auth", "can-i", "--list", "--as", ACCOUNT, "--namespace", namespace)
                .lines()
                .forEach(line -> {
                    int end = line.indexOf(' ');
                    int verbs = line.lastIndexOf('[');
                    if (end > 0 && verbs > 0 && !line.startsWith("self")) {
                        allowed.put(
                                line.substring(0, end),
                                line.substring(verbs + 1, line.length() - 1));
                    }
                });
        return allowed;
    }

    private static Pod on(List<Pod> pods, String node) {
        return pods.stream().filter(pod -> pod.node().equals(node)).findFirst().orElseThrow();
    }

    private static String single(String name, String node, String more) {
        return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, labels: {app: %s}}
        spec:
          nodeName: %s
          terminationGracePeriodSeconds: 0
          containers:
          - name: web
            image: %s
            imagePullPolicy: Never
            command: [/bin/sh, -c]
            args: ["mkdir /tmp/www; hostname > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www"]
            %s
        """
                .formatted(name, name, node, LabImages.BUSYBOX, more);
    }
}
