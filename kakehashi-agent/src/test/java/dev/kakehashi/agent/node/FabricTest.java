package dev.kakehashi.agent.node;

import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import java.io.IOException;
import java.util.function.Function;

/** Nodes with real agents and BIRDs, and routers of a fabric, all of which end with the test. */
abstract class FabricTest extends BirdTest {
    private @Nullable FabricBed open;

    /**
     * The fabric of this test, without nodes or routers.
     *
     * @param bgp what the Network's spec says of BGP
     */
    final FabricBed fabric(TestNamespaces namespaces, Families families, String bgp)
            throws Exception {
        return fabricOf(namespaces, families, "bgp: {" + bgp + "}");
    }

    /** The same with any fields of the Network's spec. */
    final FabricBed fabricOf(TestNamespaces namespaces, Families families, String fields)
            throws Exception {
        NodesBed nodes = bed(namespaces, families, "carrier: bgp, masquerade: false, " + fields);
        FabricBed made = new FabricBed(namespaces, nodes, directory);
        open = made;
        return made;
    }

    @AfterEach
    void endRouters() throws Exception {
        if (open != null) {
            open.close();
        }
    }

    /** Writes one BGPPeer for each family of the nodes: one session carries one family. */
    final void peers(FabricBed fabric, String name, Function<FabricFamily, String> spec)
            throws IOException {
        for (FabricFamily family : fabric.families()) {
            peer(name + "-" + family.word(), spec.apply(family));
        }
    }
}
