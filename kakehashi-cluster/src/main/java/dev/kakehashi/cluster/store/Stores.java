package dev.kakehashi.cluster.store;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Opens the store that an address names.
 *
 * <p>Stores other than the directory bring many libraries, which would cost every start of the
 * agent their place on the class path and in its cache. They stand in folders of their own beside
 * the jar of this class, {@code store-etcd/}, and are loaded when they are wanted (docs/adr/0009).
 */
public final class Stores {
    /** Who writes when nobody says otherwise: the agents of the nodes, together. */
    public static final String AGENTS = "kakehashi";

    private Stores() {}

    /**
     * Opens a store for the agent of a node.
     *
     * @throws StoreException when there is no such store, or it cannot be opened
     */
    public static Store open(StoreAddress address) throws StoreException {
        return open(address, AGENTS);
    }

    /**
     * Opens a store.
     *
     * @param writer under which name changes are written where the store keeps one, as Kubernetes
     *     does for each field (field manager); one for each concern
     * @throws StoreException when there is no such store, or it cannot be opened
     */
    public static Store open(StoreAddress address, String writer) throws StoreException {
        if (address.scheme().equals(StoreAddress.DIRECTORY)) {
            return DirectoryStore.open(Path.of(address.path()));
        }
        return provider(address).open(address, writer);
    }

    /**
     * Opens the keys that another program has in a store.
     *
     * @throws StoreException when there is no such store of keys, or it cannot be opened
     */
    public static KeySpace openKeys(StoreAddress address) throws StoreException {
        return provider(address).openKeys(address);
    }

    private static StoreProvider provider(StoreAddress address) throws StoreException {
        Optional<StoreProvider> provider =
                provider(address.scheme(), Stores.class.getClassLoader());
        if (provider.isEmpty()) {
            provider = provider(address.scheme(), loaderOf(address.scheme()));
        }
        return provider.orElseThrow(() -> unknown(address));
    }

    private static Optional<StoreProvider> provider(String scheme, ClassLoader loader) {
        for (StoreProvider provider : ServiceLoader.load(StoreProvider.class, loader)) {
            if (provider.scheme().equals(scheme)) {
                return Optional.of(provider);
            }
        }
        return Optional.empty();
    }

    /** Lives as long as the process: classes of the store are loaded at any time. */
    private static ClassLoader loaderOf(String scheme) throws StoreException {
        List<URL> jars = new ArrayList<>();
        Optional<Path> folder = libraries().map(lib -> lib.resolve("store-" + scheme));
        if (folder.isPresent() && Files.isDirectory(folder.get())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.get(), "*.jar")) {
                for (Path file : files) {
                    jars.add(url(file));
                }
            } catch (IOException e) {
                throw new StoreException("cannot read " + folder.get() + ": " + IoReason.of(e), e);
            }
        }
        return new URLClassLoader(
                "store-" + scheme, jars.toArray(URL[]::new), Stores.class.getClassLoader());
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }

    /**
     * The folder of our jars. By the class path, not by the code source of a class: that is null
     * when the class comes from an ahead-of-time cache whose jars have moved since (JDK 25).
     */
    private static Optional<Path> libraries() {
        for (String entry : System.getProperty("java.class.path", "").split(":", -1)) {
            String name = entry.substring(entry.lastIndexOf('/') + 1);
            if (name.startsWith("kakehashi-cluster-") && name.endsWith(".jar")) {
                return Optional.ofNullable(Path.of(entry).toAbsolutePath().getParent());
            }
        }
        return Optional.empty();
    }

    private static StoreException unknown(StoreAddress address) {
        return new StoreException(
                "there is no store '"
                        + address.scheme()
                        + "' ("
                        + address
                        + "); stores are directory:PATH, etcd://HOST:PORT,… and kubernetes://HOST:PORT");
    }
}
