package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.store.StoreAddress;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where etcd is and how it is spoken to.
 *
 * @param endpoints its members, {@code http://10.0.0.1:2379}
 * @param prefix of all keys, without a slash at its end
 * @param tls whether connections are encrypted
 * @param ca certificates by which servers are known (PEM); empty: those of the Java platform
 * @param certificate the client's own certificate (PEM), if servers ask for one
 * @param key its private key (PEM, PKCS #8)
 * @param user name for etcd's own authentication
 * @param passwordFile file with the password, a newline at its end does not count
 */
record EtcdOptions(
        List<URI> endpoints,
        String prefix,
        boolean tls,
        Optional<Path> ca,
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<String> user,
        Optional<Path> passwordFile) {
    static final String SCHEME = "etcd";
    static final String DEFAULT_PREFIX = "/kakehashi";

    /** IANA's port of etcd-client. */
    private static final int DEFAULT_PORT = 2379;

    private static final Set<String> OPTIONS =
            Set.of("tls", "ca", "cert", "key", "user", "password-file");

    /** Copies the endpoints. */
    EtcdOptions {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static EtcdOptions of(StoreAddress address) {
        for (String option : address.options().keySet()) {
            if (!OPTIONS.contains(option)) {
                throw new IllegalArgumentException(
                        "the address of etcd has no option '"
                                + option
                                + "'; it has "
                                + String.join(", ", OPTIONS.stream().sorted().toList()));
            }
        }
        together(address, "cert", "key");
        together(address, "user", "password-file");
        boolean tls =
                address.options().containsKey("ca")
                        || address.options().containsKey("cert")
                        || flag(address, "tls");
        return new EtcdOptions(
                endpoints(address, tls),
                prefix(address),
                tls,
                path(address, "ca"),
                path(address, "cert"),
                path(address, "key"),
                address.option("user"),
                path(address, "password-file"));
    }

    /** For messages: the members, without what they are asked. */
    String servers() {
        List<String> names = new ArrayList<>();
        endpoints.forEach(endpoint -> names.add(endpoint.getAuthority()));
        return "etcd at " + String.join(",", names);
    }

    private static List<URI> endpoints(StoreAddress address, boolean tls) {
        List<URI> endpoints = new ArrayList<>();
        for (String member : address.authority().split(",", -1)) {
            URI uri;
            try {
                uri = URI.create((tls ? "https://" : "http://") + member);
            } catch (IllegalArgumentException e) {
                throw noEndpoint(address, member, e);
            }
            if (uri.getHost() == null || uri.getUserInfo() != null) {
                throw noEndpoint(address, member, null);
            }
            int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
            endpoints.add(URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + port));
        }
        return endpoints;
    }

    private static IllegalArgumentException noEndpoint(
            StoreAddress address, String member, @org.jspecify.annotations.Nullable Exception e) {
        return new IllegalArgumentException(
                "'" + member + "' in '" + address + "' is not a server: write etcd://HOST:PORT,…",
                e);
    }

    private static String prefix(StoreAddress address) {
        String path = address.path();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return path.isEmpty() ? DEFAULT_PREFIX : path;
    }

    private static void together(StoreAddress address, String one, String other) {
        if (address.options().containsKey(one) != address.options().containsKey(other)) {
            throw new IllegalArgumentException(
                    "the address '" + address + "' needs both or none of " + one + " and " + other);
        }
    }

    private static boolean flag(StoreAddress address, String name) {
        String value = address.option(name).orElse("false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(
                    name + " in '" + address + "' is true or false, not '" + value + "'");
        }
        return value.equals("true");
    }

    private static Optional<Path> path(StoreAddress address, String name) {
        return address.option(name).map(Path::of);
    }
}
