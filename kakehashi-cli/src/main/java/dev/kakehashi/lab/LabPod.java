package dev.kakehashi.lab;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

/**
 * A pod of a lab: written down before its ADD, so that {@code down} knows of it whatever happens.
 *
 * @param name the pod's name, also the name of its network namespace inside the node
 * @param node the node it runs on
 * @param address its address without prefix; empty while its ADD is not done
 */
record LabPod(String name, String node, String address) {

    static final String INTERFACE = "eth0";

    /** The container id that the plugins see. */
    String containerId() {
        return name;
    }

    /** The pod's namespace as the node's processes see it. */
    java.nio.file.Path netns() {
        return java.nio.file.Path.of("/run/netns", name);
    }

    LabPod withAddress(String address) {
        return new LabPod(name, node, address);
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("name", name)
                .put("node", node)
                .put("address", address)
                .build();
    }

    static LabPod fromJson(JsonObject json) throws JsonException {
        return new LabPod(
                json.string("name", ""), json.string("node", ""), json.string("address", ""));
    }
}
