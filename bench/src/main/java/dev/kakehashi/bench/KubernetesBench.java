package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Many pods at once over three nodes of a real Kubernetes, by our plugins with own pools and by the
 * reference's {@code bridge} and {@code host-local} in their place: the same cluster, in turn.
 */
final class KubernetesBench {
    private static final String LAB = "benchkubernetes";
    private static final int PODS = 200;
    private static final int WARM = 6;
    private static final int ROUNDS = 5;
    private static final int NODES = 3;
    private static final int PATIENCE_SECONDS = 30;
    private static final int LOOK_MILLIS = 200;

    private static final double IPAM_MILLIS = 2;
    private static final double MILLIS = 1000;

    private static final String METRICS_ADDRESS = "127.0.0.1:9475";

    /** Asks an agent for its numbers, without a program that a node may lack. */
    private static final String METRICS =
            "exec 3<>/dev/tcp/"
                    + METRICS_ADDRESS.replace(':', '/')
                    + " && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3";

    /** As many free addresses as a node of a cluster with such bursts has. */
    private static final String FREE = "{\"spec\":{\"ipam\":{\"minFree\":64}}}";

    private static final String KEPT = "05-reference";
    private static final String CHOSEN = KEPT + ".conflist";

    private static final List<String> PLUGINS =
            List.of("bridge", "host-local", "portmap", "bandwidth");

    private final Path work;
    private final Path reference;
    private final Command kakehashi;
    private final Path kubectlProgram;
    private Command kubectl = Command.of();

    /**
     * A measurement.
     *
     * @param reference the folder of the reference plugins, beside which Kubernetes is
     */
    KubernetesBench(Path work, Path home, Path reference) {
        this.work = work;
        this.reference = reference;
        this.kakehashi = Command.of(home.resolve("bin/kakehashi").toString());
        this.kubectlProgram = reference.resolveSibling("kubernetes/kubectl");
    }

    List<Result> run(Effort effort) throws IOException {
        int pods = effort.rounds(PODS);
        int rounds = pods < PODS ? 1 : effort.rounds(ROUNDS);
        Sample ours = new Sample();
        Sample peer = new Sample();
        Sample ipam = new Sample();
        String said = up();
        try {
            // The administrator is outside, as in `kakehashi lab kubectl`.
            kubectl =
                    Command.of(
                            "nsenter",
                            "--net=/run/netns/" + LAB + "-outside",
                            kubectlProgram.toString(),
                            "--kubeconfig",
                            kubeconfig(said));
            claimAhead();
            putReference();
            for (int i = 0; i <= rounds; i++) {
                boolean warm = i == 0;
                int count = warm ? Math.min(WARM, pods) : pods;
                // Each goes first as often.
                for (boolean byReference :
                        i % 2 == 0 ? List.of(true, false) : List.of(false, true)) {
                    List<Scraped> before = addresses();
                    double seconds = burst(count, byReference);
                    (warm ? new Sample() : byReference ? peer : ours).add(seconds);
                    List<Scraped> after = addresses();
                    for (int node = 0; node < NODES && !warm; node++) {
                        after.get(node).addSince(before.get(node), ipam, MILLIS);
                    }
                }
            }
        } finally {
            lab("down").run();
        }
        return List.of(
                new Result(
                        pods + " pods at once on " + NODES + " nodes of Kubernetes, all Ready",
                        "s",
                        ours,
                        peer,
                        new Target.Faster(1)),
                new Result(
                        pods + " pods at once: the addresses' part of an ADD",
                        "ms",
                        ipam,
                        new Sample(),
                        new Target.P99AtMost(IPAM_MILLIS)));
    }

    /** How long kakehashi-ipam has taken on each node, by what its agent says. */
    private List<Scraped> addresses() throws IOException {
        List<Scraped> all = new ArrayList<>();
        for (int node = 1; node <= NODES; node++) {
            String metrics = lab("exec", "node" + node, "--", "bash", "-c", METRICS).run();
            all.add(
                    Scraped.of(
                            metrics,
                            "kakehashi_cni_delegate_duration_seconds",
                            "command=\"ADD\"",
                            "plugin=\"kakehashi-ipam\""));
        }
        return all;
    }

    /** The agents, which inherit our environment, tell their numbers: docs/observability.md. */
    private String up() throws IOException {
        return Command.of("env", "KAKEHASHI_METRICS_ADDRESS=" + METRICS_ADDRESS)
                .with(lab("up", "--kubernetes", "--ipam", "pools").words().toArray(String[]::new))
                .with("--nodes", Integer.toString(NODES))
                .run();
    }

    private Command lab(String verb, String... arguments) {
        return kakehashi.with("lab", verb, "--name", LAB).with(arguments);
    }

    private static String kubeconfig(String said) throws IOException {
        String before = "kubeconfig: ";
        return said.lines()
                .filter(line -> line.startsWith(before))
                .map(line -> line.substring(before.length()).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("lab up names no kubeconfig: " + said));
    }

    private String inNode(int node, String script) throws IOException {
        return lab("exec", "node" + node, "--", "sh", "-ec", script).run();
    }

    private void claimAhead() throws IOException {
        kubectl.with("patch", "network", "pods", "--type=merge", "-p", FREE).run();
        for (int node = 1; node <= NODES; node++) {
            awaitConfiguration(node);
        }
    }

    private void awaitConfiguration(int node) throws IOException {
        long start = System.nanoTime();
        while (!inNode(node, "cat /etc/cni/net.d/*").contains("kakehashi-ipam")) {
            if (System.nanoTime() - start > PATIENCE_SECONDS * 1_000_000_000L) {
                throw new IOException("node" + node + " does not use the pool");
            }
            Processes.pause(LOOK_MILLIS);
        }
    }

    private void putReference() throws IOException {
        for (int node = 1; node <= NODES; node++) {
            for (String plugin : PLUGINS) {
                inNode(node, "cp " + reference.resolve(plugin) + " /opt/cni/bin/ref-" + plugin);
            }
            // A configuration is found by its ending.
            Path file = work.resolve("reference-" + node);
            Files.writeString(file, byReference(node));
            inNode(node, "cp " + file + " /etc/cni/net.d/" + KEPT);
        }
    }

    /** Which of both the nodes use: the first by name. */
    private void choose(boolean byReference) throws IOException {
        String from = byReference ? KEPT : CHOSEN;
        String to = byReference ? CHOSEN : KEPT;
        for (int node = 1; node <= NODES; node++) {
            inNode(node, "cd /etc/cni/net.d; [ ! -e %1$s ] || mv %1$s %2$s".formatted(from, to));
        }
        Processes.pause(2 * 1000); // containerd watches the folder
    }

    /** Seconds from the command until all pods are Ready; then they are deleted. */
    private double burst(int pods, boolean byReference) throws IOException {
        choose(byReference);
        long start = System.nanoTime();
        apply(deployment(pods));
        kubectl.with("rollout", "status", "deployment/burst", "--timeout=900s").run();
        double seconds = (System.nanoTime() - start) / 1e9;
        String addresses =
                kubectl.with("get", "pods", "-o", "jsonpath={.items[*].status.podIP}").run();
        for (String address : addresses.strip().split(" ", -1)) {
            if (address.startsWith("10.250.") != byReference) {
                throw new IOException("a pod has " + address + ", which is of the other plugin");
            }
        }
        kubectl.with("delete", "deployment/burst").run();
        kubectl.with("wait", "--for=delete", "pods", "-l", "app=burst", "--timeout=600s").run();
        return seconds;
    }

    private void apply(String yaml) throws IOException {
        Path file = work.resolve("apply.yaml");
        Files.writeString(file, yaml);
        kubectl.with("apply", "-f", file.toString()).run();
    }

    private static String deployment(int pods) {
        return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: burst}
        spec:
          replicas: %d
          progressDeadlineSeconds: 900
          selector: {matchLabels: {app: burst}}
          template:
            metadata: {labels: {app: burst}}
            spec:
              terminationGracePeriodSeconds: 0
              automountServiceAccountToken: false
              containers:
              - {name: pause, image: "kakehashi.dev/lab/pause:1", imagePullPolicy: Never}
        """
                .formatted(pods);
    }

    /** What our own configuration has, by the reference plugins under names of their own. */
    private static String byReference(int node) {
        return """
        {"cniVersion": "1.0.0", "name": "reference", "plugins": [
          {"type": "ref-bridge", "bridge": "ref0", "isGateway": true, "isDefaultGateway": true, "hairpinMode": true,
           "ipMasq": false, "mtu": 1450, "ipam": {"type": "ref-host-local",
             "ranges": [[{"subnet": "10.250.%d.0/24"}]], "routes": [{"dst": "10.244.0.0/16"}]}},
          {"type": "ref-portmap", "capabilities": {"portMappings": true}},
          {"type": "ref-bandwidth", "capabilities": {"bandwidth": true}}]}
        """
                .formatted(node);
    }
}
