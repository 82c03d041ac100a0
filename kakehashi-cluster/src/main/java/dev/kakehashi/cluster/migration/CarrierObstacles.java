package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a node says that it cannot do, before anybody asks it to: {@code {"wireguard":"this kernel
 * …"}}. A node that says nothing of a carrier may be able to.
 */
public final class CarrierObstacles {
    private static final int MAX_LENGTH = 16 * 1024;

    private CarrierObstacles() {}

    /** The metadata of a Node saying it; unchanged when it says so already. */
    public static Metadata in(Metadata metadata, Map<CarrierName, String> obstacles) {
        if (obstacles.isEmpty()) {
            return metadata.annotations().containsKey(NodeAnnotations.CARRIER_OBSTACLES)
                    ? metadata.without(NodeAnnotations.CARRIER_OBSTACLES)
                    : metadata;
        }
        JsonObject.Builder text = JsonObject.builder();
        new EnumMap<>(obstacles).forEach((carrier, why) -> text.put(carrier.toString(), why));
        return metadata.with(NodeAnnotations.CARRIER_OBSTACLES, text.build().toString());
    }

    /** What a Node says; what of it cannot be read is passed over. */
    public static Map<CarrierName, String> of(Node node) {
        String text =
                node.metadata().annotations().getOrDefault(NodeAnnotations.CARRIER_OBSTACLES, "");
        Map<CarrierName, String> obstacles = new EnumMap<>(CarrierName.class);
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return obstacles;
        }
        try {
            for (JsonMember member : JsonParser.parseObject(text).members()) {
                if (member.value() instanceof JsonString why) {
                    CarrierName.of(member.name())
                            .ifPresent(carrier -> obstacles.put(carrier, why.value()));
                }
            }
        } catch (JsonException e) {
            return Map.of(); // nobody is kept from anything by what cannot be read
        }
        return obstacles;
    }
}
