package dev.kakehashi.cluster;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which WireGuard device the nodes of a network are to use. To rotate keys is to change it: each
 * node makes a key for the device it has not had until then. It is an annotation of the Network,
 * {@code {"device":2,"since":"2026-11-22T10:00:00Z","nodes":["node-1"]}}; by age it follows from
 * the time alone, so that nobody has to write it and all nodes come to the same.
 *
 * @param device the one to use
 * @param since from when on, to the second
 * @param nodes names of the Nodes that make a new key; empty: all
 */
public record KeyRotation(TunnelDevice device, Instant since, SortedSet<String> nodes) {
    private static final int MAX_LENGTH = 64 * 1024;

    /** Copies the names. */
    public KeyRotation {
        since = since.truncatedTo(ChronoUnit.SECONDS);
        nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
    }

    /** What a Network says; the first device from the beginning, where it says nothing usable. */
    public static KeyRotation of(Network network) {
        KeyRotation none =
                new KeyRotation(TunnelDevice.FIRST, network.metadata().created(), new TreeSet<>());
        String text = network.metadata().annotations().getOrDefault(Network.WIREGUARD_ROTATION, "");
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return none;
        }
        try {
            JsonObject said = JsonParser.parseObject(text);
            return new KeyRotation(
                    TunnelDevice.of(said.integer("device", 1)).orElse(TunnelDevice.FIRST),
                    Instant.parse(said.string("since", none.since.toString())),
                    new TreeSet<>(said.strings("nodes")));
        } catch (JsonException | DateTimeParseException e) {
            return none;
        }
    }

    /**
     * The network as it is at a time: with as many rotations as are due by age since the last that
     * was asked for.
     */
    public static Network at(Network network, Instant now) {
        Duration age = network.spec().wireguard().rotation();
        KeyRotation said = of(network);
        if (age.isZero() || now.isBefore(said.since)) {
            return network;
        }
        long due = Duration.between(said.since, now).dividedBy(age);
        return due == 0
                ? network
                : new KeyRotation(
                                due % 2 == 0 ? said.device : said.device.other(),
                                said.since.plus(age.multipliedBy(due)),
                                new TreeSet<>())
                        .in(network);
    }

    /**
     * The network with its nodes turning to the other device.
     *
     * @param network as it is at that time ({@link #at})
     * @param nodes names of those that make a new key; empty: all
     */
    public static Network next(Network network, Collection<String> nodes, Instant now) {
        return new KeyRotation(of(network).device.other(), now, new TreeSet<>(nodes)).in(network);
    }

    /** Whether a node makes a new key; if not, it uses the one it has for either device. */
    public boolean isOf(String node) {
        return nodes.isEmpty() || nodes.contains(node);
    }

    private Network in(Network network) {
        String text =
                JsonObject.builder()
                        .put("device", device.number())
                        .put("since", since.toString())
                        .putUnlessEmpty("nodes", List.copyOf(nodes))
                        .build()
                        .toString();
        return network.withMetadata(network.metadata().with(Network.WIREGUARD_ROTATION, text));
    }
}
