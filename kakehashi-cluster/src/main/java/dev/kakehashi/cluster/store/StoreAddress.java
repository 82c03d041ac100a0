package dev.kakehashi.cluster.store;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a store is, as a person writes it: {@code directory:/etc/kakehashi/cluster} or simply the
 * path, {@code etcd://10.0.0.1:2379,10.0.0.2:2379/kakehashi?ca=/etc/ssl/etcd-ca.pem}. Secrets are
 * in files that the address names, so that it may be shown.
 *
 * @param scheme which kind of store
 * @param authority the servers, between {@code //} and the next {@code /}; empty when there is none
 * @param path what follows
 * @param options the part after {@code ?}
 * @param text the address as it was written
 */
public record StoreAddress(
        String scheme, String authority, String path, Map<String, String> options, String text) {
    /** The store of one host. */
    public static final String DIRECTORY = "directory";

    /** Copies the options. */
    public StoreAddress {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static StoreAddress parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || !isScheme(text.substring(0, colon))) {
            return directory(Path.of(text));
        }
        String scheme = text.substring(0, colon);
        String rest = text.substring(colon + 1);
        if (scheme.equals(DIRECTORY)) {
            return directory(Path.of(rest));
        }
        if (!rest.startsWith("//")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no address of a store: write " + scheme + "://HOST:PORT");
        }
        int query = rest.indexOf('?');
        String place = rest.substring(2, query < 0 ? rest.length() : query);
        int slash = place.indexOf('/');
        return new StoreAddress(
                scheme,
                slash < 0 ? place : place.substring(0, slash),
                slash < 0 ? "" : place.substring(slash),
                query < 0 ? Map.of() : options(text, rest.substring(query + 1)),
                text);
    }

    /** The directory store in {@code path}. */
    public static StoreAddress directory(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        return new StoreAddress(DIRECTORY, "", absolute.toString(), Map.of(), absolute.toString());
    }

    /** One option. */
    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    private static boolean isScheme(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < 'a' || text.charAt(i) > 'z') {
                return false;
            }
        }
        return true;
    }

    private static Map<String, String> options(String text, String query) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "'" + pair + "' in '" + text + "' is not of the form OPTION=VALUE");
            }
            // URLDecoder takes + for a space, which file names in an address do not mean.
            String value = pair.substring(equals + 1).replace("+", "%2B");
            options.put(
                    pair.substring(0, equals), URLDecoder.decode(value, StandardCharsets.UTF_8));
        }
        return options;
    }

    @Override
    public String toString() {
        return text;
    }
}
