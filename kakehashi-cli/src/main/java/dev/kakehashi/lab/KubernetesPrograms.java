package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the programs of Kubernetes are that a lab runs: built by {@code scripts/peers/setup.sh}, or
 * put there by hand.
 *
 * @param peers folder with {@code kubernetes/} and {@code etcd/}
 */
public record KubernetesPrograms(Path peers) {
    /** Names the folder where it is not the usual one. */
    public static final String VARIABLE = "KAKEHASHI_PEERS";

    private static final Path USUAL = Path.of("/var/cache/kakehashi/peers");

    private static final List<String> COMMANDS =
            List.of(
                    "kube-apiserver",
                    "kube-controller-manager",
                    "kube-scheduler",
                    "kubelet",
                    "kube-proxy",
                    "kubectl");

    /**
     * Finds them.
     *
     * @throws IOException naming what is missing and what to do
     */
    public static KubernetesPrograms find() throws IOException {
        String variable = System.getenv(VARIABLE);
        KubernetesPrograms programs =
                new KubernetesPrograms(variable == null ? USUAL : Path.of(variable));
        List<Path> missing = programs.missing();
        if (!missing.isEmpty()) {
            throw new IOException(
                    missing.getFirst()
                            + " does not exist; scripts/peers/setup.sh builds it, or set "
                            + VARIABLE
                            + " to a folder that has it");
        }
        return programs;
    }

    /** Those that are not there. */
    List<Path> missing() {
        return java.util.stream.Stream.concat(
                        COMMANDS.stream().map(this::command),
                        java.util.stream.Stream.of(
                                etcd(), Path.of("/usr/bin/containerd"), Path.of("/bin/busybox")))
                .filter(program -> !Files.isExecutable(program))
                .toList();
    }

    /** One of Kubernetes' own. */
    Path command(String name) {
        return peers.resolve("kubernetes").resolve(name);
    }

    Path etcd() {
        return peers.resolve("etcd/usr/bin/etcd");
    }
}
