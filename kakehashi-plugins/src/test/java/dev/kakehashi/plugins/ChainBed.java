package dev.kakehashi.plugins;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A container that {@code ptp} has attached to a host, 10.1.2.2 and 2001:db8:42::2 by eth0, and
 * calls of plugins that stand behind it in a chain. The plugins see no files but those below a
 * root.
 */
public final class ChainBed implements BeforeEachCallback, AfterEachCallback, AutoCloseable {

    private static final String MAIN =
            "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'ptp', 'ipam': {'type': 'host-local',"
                    + " 'dataDir': '/ips', 'ranges': [[{'subnet': '10.1.2.0/24'}], [{'subnet':"
                    + " '2001:db8:42::/64'}]], 'routes': [{'dst': '0.0.0.0/0'}, {'dst': '::/0'}]}}";

    private final PluginBed bed;

    @SuppressWarnings("NullAway.Init") // by attach()
    private CniResult attached;

    private ChainBed(PluginBed bed) {
        this.bed = bed;
    }

    /** One of each test, whose plugins see no files but those below a root. */
    public static ChainBed ofEachTestBelow(Supplier<Path> root) {
        return new ChainBed(PluginBed.ofEachTestBelow(root));
    }

    /** One of a test that closes it itself. */
    public static ChainBed create(Path root, TestNamespaces namespaces)
            throws IOException, CniException {
        ChainBed chain = new ChainBed(PluginBed.below(root, namespaces));
        chain.attach();
        return chain;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        bed.beforeEach(context);
        attach();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        bed.afterEach(context);
    }

    private void attach() throws CniException {
        attached = bed.add(bed.calls(MAIN));
    }

    public PluginBed bed() {
        return bed;
    }

    /** What {@code ptp} answered. */
    public CniResult attached() {
        return attached;
    }

    /** The host's end of the pair. */
    public String hostEnd() {
        return attached.interfaces().getFirst().name();
    }

    /** Calls of a plugin in the chain, with the result of the plugin before it. */
    public Calls calls(String version, String type, String keys) {
        return alone(version, type, keys).prevResult(attached);
    }

    /** Calls of a plugin without a previous result. */
    public Calls alone(String version, String type, String keys) {
        return bed.calls(config(version, type, keys));
    }

    /** GC with the attachments that are alive: container, interface, container, … */
    public Calls gc(String type, String... containersAndInterfaces) {
        return bed.gcCalls(config("1.1.0", type, ""), containersAndInterfaces);
    }

    private static String config(String version, String type, String keys) {
        return "{'cniVersion': '%s', 'name': 'net', 'type': '%s'%s}"
                .formatted(version, type, keys.isEmpty() ? "" : ", " + keys);
    }

    /** Deletes what {@code ptp} made, as at the end of a chain's DEL. */
    public void detach() throws CniException {
        bed.del(bed.calls(MAIN));
    }

    @Override
    public void close() {
        bed.close();
    }
}
