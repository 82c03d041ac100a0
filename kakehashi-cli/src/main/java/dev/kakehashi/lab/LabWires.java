package dev.kakehashi.lab;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.engine.Engine;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Connects the namespaces of a lab, which must exist. */
record LabWires(LabTopology topology) {

    void connect() throws IOException {
        DesiredState wiring = LabWiring.compile(topology);
        Map<NamespaceId, Netns> namespaces = new HashMap<>();
        try {
            for (String name : topology.namespaces()) {
                namespaces.put(new NamespaceId(name), Netns.open(LabDirectory.netns(name)));
            }
            try (Engine engine = Engine.open(namespaces)) {
                engine.apply(wiring);
            }
        } finally {
            namespaces.values().forEach(Netns::close);
        }
    }
}
