package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.store.StoreAddress;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where the API server is and who we are there. Its address is always given, never taken from the
 * Service {@code kubernetes}: when a node starts, no Service works yet.
 *
 * @param server {@code HOST:PORT}
 * @param ca certificates by which it is known (PEM)
 * @param tokenFile file with a bearer token, read again when it changes
 * @param certificate the client's own certificate (PEM), if it has no token
 * @param key its private key (PEM)
 * @param namespace of what has one, such as our Leases
 */
record KubernetesOptions(
        String server,
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
            Set.of("ca", "token-file", "cert", "key", "namespace");

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static KubernetesOptions of(StoreAddress address) {
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
        if (address.authority().isEmpty() || address.authority().contains("@")) {
            throw new IllegalArgumentException(
                    "'" + address + "' names no API server: write kubernetes://HOST:PORT");
        }
        boolean certificate = address.options().containsKey("cert");
        return new KubernetesOptions(
                address.authority(),
                address.option("ca").map(Path::of).or(() -> mounted("ca.crt")),
                certificate
                        ? Optional.empty()
                        : address.option("token-file").map(Path::of).or(() -> mounted("token")),
                address.option("cert").map(Path::of),
                address.option("key").map(Path::of),
                address.option("namespace").orElse(DEFAULT_NAMESPACE));
    }

    private static Optional<Path> mounted(String name) {
        return Optional.of(SERVICE_ACCOUNT.resolve(name)).filter(Files::isReadable);
    }
}
