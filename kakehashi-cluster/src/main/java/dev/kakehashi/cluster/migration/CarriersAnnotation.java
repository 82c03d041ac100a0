package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The annotation of a Node that holds its {@link NodeCarriers}: {@code
 * {"receives":["vxlan","host-gw"],"sends":"vxlan","sendsTo":{"node-2":"vxlan>host-gw"}}}.
 */
public final class CarriersAnnotation {
    /** As long as all annotations of an object may be in Kubernetes. */
    private static final int MAX_LENGTH = 256 * 1024;

    private static final char TURNING = '>';

    private CarriersAnnotation() {}

    /** The text. */
    public static String text(NodeCarriers carriers) {
        JsonObject.Builder text =
                JsonObject.builder()
                        .put("receives", names(carriers.receives()))
                        .putUnlessEmpty("retiring", names(carriers.retiring()))
                        .put("sends", text(carriers.usual()));
        if (!carriers.others().isEmpty()) {
            JsonObject.Builder others = JsonObject.builder();
            carriers.others().forEach((node, sending) -> others.put(node, text(sending)));
            text.put("sendsTo", others.build());
        }
        return text.build().toString();
    }

    /**
     * What a Node says, or what is known of one that says nothing.
     *
     * @param wanted what the network wants, taken for the carrier of a node of which nothing is
     *     known
     * @return empty when it says something that cannot be read: anything may be the case
     */
    public static Optional<NodeCarriers> read(Node node, Way wanted) {
        Map<String, String> annotations = node.metadata().annotations();
        String text = annotations.getOrDefault(NodeAnnotations.CARRIERS, "");
        if (!text.isEmpty()) {
            return parse(text);
        }
        return Optional.of(NodeCarriers.unsaid(unsaid(annotations).orElse(wanted)));
    }

    /** Whether a Node that says nothing of its ways is taken to have this carrier alone. */
    public static boolean isUnsaid(Node node, Way carrier) {
        return unsaid(node.metadata().annotations()).orElse(carrier) == carrier;
    }

    /** The carrier of a node that does not say more. */
    private static Optional<Way> unsaid(Map<String, String> annotations) {
        return Way.of(annotations.getOrDefault(NodeAnnotations.CARRIER, ""))
                .or(() -> Way.of(annotations.getOrDefault(NodeAnnotations.FLANNEL_BACKEND, "")));
    }

    /**
     * What the agent of a node begins with: what it said last.
     *
     * @param wanted what it works with when it has said nothing yet
     */
    public static NodeCarriers own(Optional<Node> node, Way wanted) {
        Map<String, String> annotations =
                node.map(known -> known.metadata().annotations()).orElse(Map.of());
        Optional<NodeCarriers> said = parse(annotations.getOrDefault(NodeAnnotations.CARRIERS, ""));
        return said.or(() ->
                        Way.of(annotations.getOrDefault(NodeAnnotations.CARRIER, ""))
                                .map(NodeCarriers::settled))
                .orElseGet(() -> NodeCarriers.fresh(wanted));
    }

    /** Parses; empty when it is not such a text. */
    static Optional<NodeCarriers> parse(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            JsonObject read = JsonParser.parseObject(text);
            Map<String, Sending> others = new TreeMap<>();
            for (JsonMember member : read.object("sendsTo").orElse(JsonObject.EMPTY).members()) {
                if (!(member.value() instanceof JsonString sending)) {
                    return Optional.empty();
                }
                others.put(member.name(), sending(sending.value()));
            }
            return Optional.of(
                    new NodeCarriers(
                            carriers(read.strings("receives")),
                            carriers(read.strings("retiring")),
                            sending(read.string("sends", "")),
                            others,
                            true));
        } catch (JsonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static List<String> names(Set<Way> carriers) {
        return carriers.stream().map(Way::toString).toList();
    }

    private static String text(Sending sending) {
        return sending.next()
                .map(next -> sending.now().toString() + TURNING + next)
                .orElse(sending.now().toString());
    }

    private static Sending sending(String text) {
        int turning = text.indexOf(TURNING);
        return turning < 0
                ? Sending.by(known(text))
                : Sending.by(known(text.substring(0, turning)))
                        .turningTo(known(text.substring(turning + 1)));
    }

    private static Set<Way> carriers(List<String> names) {
        Set<Way> carriers = EnumSet.noneOf(Way.class);
        names.forEach(name -> carriers.add(known(name)));
        return carriers;
    }

    private static Way known(String name) {
        return Way.of(name).orElseThrow(() -> new IllegalArgumentException("no carrier " + name));
    }
}
