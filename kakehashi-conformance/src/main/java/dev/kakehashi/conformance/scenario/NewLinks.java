package dev.kakehashi.conformance.scenario;

import dev.kakehashi.conformance.stage.NetworkView;
import dev.kakehashi.conformance.stage.Stage;

import java.util.Set;
import java.util.TreeSet;

/** Links that came to a place: those that an ADD made, or left. */
final class NewLinks {
    private NewLinks() {}

    /**
     * Names of links that came since; not a VRF, which no attachment has to itself: the plugin vrf
     * passes the result on as it is.
     */
    static Set<String> added(Set<String> before, NetworkView after) {
        Set<String> names = new TreeSet<>(after.links());
        names.removeAll(before);
        names.removeIf(name -> after.has("link " + name + " kind vrf"));
        return names;
    }

    /** Links of the node that came and are still there; a bridge is shared by later containers. */
    static void leftOver(Stage stage, Set<String> before) throws Exception {
        for (String name : added(before, stage.node().view())) {
            if (!stage.node().view().has("link " + name + " kind bridge")) {
                stage.node().miss("link " + name);
            }
        }
    }
}
