package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.store.StoreAddress;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the API server is and who we are there. Its address is given, by the store's address, a
 * kubeconfig or the environment: when a node starts, no Service works yet, not even {@code
 * kubernetes}.
 *
 * @param server {@code HOST:PORT}; empty when the kubeconfig says it
 * @param kubeconfig says everything that the others do not, if there is one
 * @param ca certificates by which it is known (PEM)
 * @param tokenFile file with a bearer token, read again when it changes
 * @param certificate the client's own certificate (PEM), if it has no token
 * @param key its private key (PEM)
 * @param namespace of what has one, such as our Leases
 */
record KubernetesOptions(
        String server,
        Optional<Path> kubeconfig,
        Optional<Path> ca,
        Optional<Path> tokenFile,
        Optional<Path> certificate,
        Optional<Path> key,
        String namespace) {
    static final String SCHEME = "kubernetes";

    private static final String DEFAULT_NAMESPACE = "kakehashi-system";

    /**
     * What the kubelet puts into every pod (Kubernetes: "Accessing the Kubernetes API from a Pod").
     */
    private static final Path SERVICE_ACCOUNT =
            Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final Set<String> OPTIONS =
            Set.of("ca", "token-file", "cert", "key", "kubeconfig", "namespace");

    /** What the kubelet says to every container; a manifest says another address in its place. */
    private static final String HOST = "KUBERNETES_SERVICE_HOST";

    private static final String PORT = "KUBERNETES_SERVICE_PORT";

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static KubernetesOptions of(StoreAddress address) {
        return of(address, System.getenv());
    }

    static KubernetesOptions of(StoreAddress address, Map<String, String> environment) {
        for (String option : address.options().keySet()) {
            if (!OPTIONS.contains(option)) {
                throw new IllegalArgumentException(
                        "the address of an API server has no option '"
                                + option
                                + "'; it has "
                                + String.join(", ", OPTIONS.stream().sorted().toList()));
            }
        }
        if (address.options().containsKey("cert") != address.options().containsKey("key")) {
            throw new IllegalArgumentException(
                    "the address '" + address + "' needs both or none of cert and key");
        }
        boolean certificate = address.options().containsKey("cert");
        boolean kubeconfig = address.options().containsKey("kubeconfig");
        return new KubernetesOptions(
                server(address, environment),
                address.option("kubeconfig").map(Path::of),
                address.option("ca")
                        .map(Path::of)
                        .or(() -> kubeconfig ? Optional.empty() : mounted("ca.crt")),
                address.option("token-file")
                        .map(Path::of)
                        .or(() -> certificate || kubeconfig ? Optional.empty() : mounted("token"))
                        .filter(_ -> !certificate),
                address.option("cert").map(Path::of),
                address.option("key").map(Path::of),
                address.option("namespace").orElse(DEFAULT_NAMESPACE));
    }

    private static String server(StoreAddress address, Map<String, String> environment) {
        if (address.authority().contains("@")) {
            throw unnamed(address);
        }
        if (!address.authority().isEmpty() || address.options().containsKey("kubeconfig")) {
            return address.authority();
        }
        String host = environment.getOrDefault(HOST, "");
        if (host.isEmpty()) {
            throw unnamed(address);
        }
        return (host.contains(":") ? "[" + host + "]" : host)
                + ":"
                + environment.getOrDefault(PORT, "443");
    }

    private static IllegalArgumentException unnamed(StoreAddress address) {
        return new IllegalArgumentException(
                "'"
                        + address
                        + "' names no API server: write kubernetes://HOST:PORT or "
                        + "kubernetes://?kubeconfig=FILE, or set "
                        + HOST
                        + " and "
                        + PORT);
    }

    private static Optional<Path> mounted(String name) {
        return Optional.of(SERVICE_ACCOUNT.resolve(name)).filter(Files::isReadable);
    }
}
