package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes ledgers and their changes as JSON, and reads them again. */
final class LedgerCodec {
    /** One without changes; who knows only that must not take this one for it. */
    private static final int FIRST_FORMAT = 1;

    /** One without loans; who knows only that would give what is lent. */
    private static final int WITHOUT_LOANS = 2;

    private static final int FORMAT = 3;

    private LedgerCodec() {}

    /**
     * A whole ledger.
     *
     * @param changes number of the file in which its changes are written
     */
    static String encode(Ledger ledger, long changes) {
        return JsonObject.builder()
                .put("format", format(ledger))
                .put("bootId", ledger.bootId())
                .put("changes", changes)
                .put("generation", ledger.generation())
                .put("pools", array(ledger.pools(), LedgerCodec::encode))
                .put("namespaces", namespaces(ledger.namespaces()))
                .put("blocks", array(ledger.blocks().values(), LedgerCodec::encode))
                .put("given", array(ledger.given().values(), LedgerCodec::encode))
                .put("cooling", cooling(ledger.cooling()))
                .build()
                .toString();
    }

    /** The least format that says all of a ledger. */
    static int format(Ledger ledger) {
        boolean loans = ledger.pools().stream().anyMatch(PoolRules::borrowing);
        for (HeldBlock block : ledger.blocks().values()) {
            loans |= block.isBorrowed() || !block.givenUp().isEmpty();
        }
        return loans ? FORMAT : WITHOUT_LOANS;
    }

    /** A change, as one line. */
    static String encode(LedgerChange change) {
        JsonObject.Builder line = JsonObject.builder().put("generation", change.generation());
        change.pools().ifPresent(pools -> line.put("pools", array(pools, LedgerCodec::encode)));
        if (!change.namespaces().isEmpty()) {
            line.put("namespaces", namespaces(change.namespaces()));
        }
        if (!change.namespacesGone().isEmpty()) {
            line.put("namespacesGone", change.namespacesGone());
        }
        return line.put("blocks", array(change.blocks(), LedgerCodec::encode))
                .put("blocksGone", change.blocksGone().stream().map(IpPrefix::toString).toList())
                .put("given", array(change.given(), LedgerCodec::encode))
                .put("givenGone", addresses(change.givenGone()))
                .put("cooling", cooling(change.cooling()))
                .put("coolingGone", addresses(change.coolingGone()))
                .build()
                .toString();
    }

    private static List<String> addresses(List<InetAddress> addresses) {
        return addresses.stream().map(IpAddresses::format).toList();
    }

    private static JsonArray namespaces(Map<String, NamespaceRules> namespaces) {
        return array(
                namespaces.entrySet(),
                one -> {
                    NamespaceRules rules = one.getValue();
                    JsonObject.Builder json = JsonObject.builder().put("name", one.getKey());
                    if (!rules.labels().isEmpty()) {
                        json.put("labels", strings(rules.labels()));
                    }
                    if (!rules.pools().isEmpty()) {
                        json.put("pools", rules.pools());
                    }
                    return json.build();
                });
    }

    private static JsonObject encode(HeldBlock block) {
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("cidr", block.cidr().toString())
                        .put("pool", block.pool())
                        .put("until", block.until())
                        .put("cursor", block.cursor())
                        .put("leaving", block.leaving());
        if (block.isBorrowed()) {
            json.put("source", block.source().toString());
        }
        if (!block.givenUp().isEmpty()) {
            json.put("givenUp", addresses(List.copyOf(block.givenUp())));
        }
        return json.build();
    }

    private static JsonObject encode(Given one) {
        Allocation allocation = one.allocation();
        return JsonObject.builder()
                .put("address", IpAddresses.format(allocation.address()))
                .put("handle", allocation.handle().toString())
                .put("node", allocation.node())
                .put("attributes", strings(allocation.attributes()))
                .put("since", allocation.since().getEpochSecond())
                .put("at", one.at())
                .build();
    }

    private static JsonArray cooling(Map<InetAddress, Long> cooling) {
        return array(
                cooling.entrySet(),
                one ->
                        JsonObject.builder()
                                .put("address", IpAddresses.format(one.getKey()))
                                .put("at", one.getValue())
                                .build());
    }

    private static JsonObject encode(PoolRules pool) {
        List<JsonValue> expressions = new ArrayList<>();
        for (LabelSelector.Expression one : pool.namespaceSelector().expressions()) {
            expressions.add(
                    JsonObject.builder()
                            .put("key", one.key())
                            .put("operator", one.operator().name())
                            .put("values", one.values())
                            .build());
        }
        return JsonObject.builder()
                .put("name", pool.name())
                .put("cidr", pool.cidr().toString())
                .put("blockSize", pool.blockSize())
                .put("disabled", pool.disabled())
                .put("namespaceLabels", strings(pool.namespaceSelector().labels()))
                .put("namespaceExpressions", array(expressions, one -> one))
                .put("reservations", pool.reservations().stream().map(IpPrefix::toString).toList())
                .put("borrowing", pool.borrowing())
                .build();
    }

    private static <T> JsonArray array(Collection<T> values, Function<T, JsonValue> encode) {
        return JsonArray.of(values.stream().map(encode).toArray(JsonValue[]::new));
    }

    private static JsonObject strings(Map<String, String> map) {
        List<JsonMember> members = new ArrayList<>();
        map.forEach((key, value) -> members.add(new JsonMember(key, new JsonString(value))));
        return new JsonObject(members);
    }

    /** A whole ledger, and the number of the file in which its changes are written. */
    record Whole(Ledger ledger, long changes) {}

    /**
     * Reads a ledger. One of the format that had no changes is one with none.
     *
     * @throws JsonException when it is not one
     * @throws IllegalArgumentException when a value in it is not what it should be
     */
    static Whole decode(String text) throws JsonException {
        if (!(JsonParser.parse(text) instanceof JsonObject json)
                || json.integer("format", 0) < FIRST_FORMAT
                || json.integer("format", 0) > FORMAT) {
            throw new JsonException("not a ledger of this version");
        }
        Ledger ledger = change(json).applyTo(Ledger.of(json.string("bootId", "")));
        return new Whole(ledger, json.integer("changes").orElse(0));
    }

    /**
     * Reads a change from its line.
     *
     * @throws JsonException when it is not one
     * @throws IllegalArgumentException when a value in it is not what it should be
     */
    static LedgerChange decodeChange(String line) throws JsonException {
        return change(JsonParser.parseObject(line));
    }

    private static LedgerChange change(JsonObject json) throws JsonException {
        List<PoolRules> pools = new ArrayList<>();
        for (JsonObject one : json.objects("pools")) {
            pools.add(pool(one));
        }
        Map<String, NamespaceRules> namespaces = new LinkedHashMap<>();
        for (JsonObject one : json.objects("namespaces")) {
            namespaces.put(
                    one.string("name", ""),
                    new NamespaceRules(map(one, "labels"), one.string("pools", "")));
        }
        List<HeldBlock> blocks = new ArrayList<>();
        for (JsonObject one : json.objects("blocks")) {
            blocks.add(block(one));
        }
        List<Given> given = new ArrayList<>();
        for (JsonObject one : json.objects("given")) {
            given.add(given(one));
        }
        Map<InetAddress, Long> cooling = new HashMap<>();
        for (JsonObject one : json.objects("cooling")) {
            cooling.put(IpAddresses.parse(one.string("address", "")), one.integer("at").orElse(0));
        }
        return new LedgerChange(
                json.integer("generation").orElse(0),
                json.find("pools").isPresent() ? Optional.of(pools) : Optional.empty(),
                namespaces,
                json.strings("namespacesGone"),
                blocks,
                json.strings("blocksGone").stream().map(IpPrefix::parse).toList(),
                given,
                json.strings("givenGone").stream().map(IpAddresses::parse).toList(),
                cooling,
                json.strings("coolingGone").stream().map(IpAddresses::parse).toList());
    }

    private static HeldBlock block(JsonObject one) throws JsonException {
        String cidr = one.string("cidr", "");
        return new HeldBlock(
                IpPrefix.parse(cidr),
                one.string("pool", ""),
                one.integer("until").orElse(0),
                one.integer("cursor", 0),
                one.bool("leaving", false),
                IpPrefix.parse(one.string("source", cidr)),
                one.strings("givenUp").stream()
                        .map(IpAddresses::parse)
                        .collect(Collectors.toSet()));
    }

    private static PoolRules pool(JsonObject one) throws JsonException {
        List<LabelSelector.Expression> expressions = new ArrayList<>();
        for (JsonObject expression : one.objects("namespaceExpressions")) {
            expressions.add(
                    new LabelSelector.Expression(
                            expression.string("key", ""),
                            LabelSelector.Operator.valueOf(expression.string("operator", "")),
                            expression.strings("values")));
        }
        return new PoolRules(
                one.string("name", ""),
                IpPrefix.parse(one.string("cidr", "")),
                one.integer("blockSize", 0),
                one.bool("disabled", false),
                new LabelSelector(map(one, "namespaceLabels"), expressions),
                one.strings("reservations").stream().map(IpPrefix::parse).toList(),
                one.bool("borrowing", false));
    }

    private static Given given(JsonObject one) throws JsonException {
        AllocationHandle handle =
                AllocationHandle.parse(one.string("handle", ""))
                        .orElseThrow(() -> new IllegalArgumentException("handle"));
        return new Given(
                new Allocation(
                        IpAddresses.parse(one.string("address", "")),
                        handle,
                        one.string("node", ""),
                        map(one, "attributes"),
                        Instant.ofEpochSecond(one.integer("since").orElse(0))),
                one.integer("at").orElse(0));
    }

    private static Map<String, String> map(JsonObject one, String name) throws JsonException {
        Map<String, String> map = new LinkedHashMap<>();
        for (JsonMember member : one.object(name).orElse(JsonObject.EMPTY).members()) {
            if (member.value() instanceof JsonString text) {
                map.put(member.name(), text.value());
            }
        }
        return map;
    }
}
