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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a ledger as JSON, and reads it again. */
final class LedgerCodec {
    private static final int FORMAT = 1;

    private LedgerCodec() {}

    static String encode(Ledger ledger) {
        List<JsonValue> pools = new ArrayList<>();
        ledger.pools().forEach(pool -> pools.add(encode(pool)));
        List<JsonValue> blocks = new ArrayList<>();
        for (HeldBlock block : ledger.blocks().values()) {
            blocks.add(
                    JsonObject.builder()
                            .put("cidr", block.cidr().toString())
                            .put("pool", block.pool())
                            .put("until", block.until())
                            .put("cursor", block.cursor())
                            .put("leaving", block.leaving())
                            .build());
        }
        List<JsonValue> given = new ArrayList<>();
        for (Given one : ledger.given().values()) {
            Allocation allocation = one.allocation();
            given.add(
                    JsonObject.builder()
                            .put("address", IpAddresses.format(allocation.address()))
                            .put("handle", allocation.handle().toString())
                            .put("node", allocation.node())
                            .put("attributes", strings(allocation.attributes()))
                            .put("since", allocation.since().getEpochSecond())
                            .put("at", one.at())
                            .build());
        }
        List<JsonValue> cooling = new ArrayList<>();
        ledger.cooling()
                .forEach((address, at) ->
                        cooling.add(
                                JsonObject.builder()
                                        .put("address", IpAddresses.format(address))
                                        .put("at", at)
                                        .build()));
        return JsonObject.builder()
                .put("format", FORMAT)
                .put("bootId", ledger.bootId())
                .put("generation", ledger.generation())
                .put("pools", array(pools))
                .put("blocks", array(blocks))
                .put("given", array(given))
                .put("cooling", array(cooling))
                .build()
                .toString();
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
                .put("namespaceExpressions", array(expressions))
                .put("reservations", pool.reservations().stream().map(IpPrefix::toString).toList())
                .build();
    }

    private static JsonArray array(List<JsonValue> values) {
        return JsonArray.of(values.toArray(JsonValue[]::new));
    }

    private static JsonObject strings(Map<String, String> map) {
        List<JsonMember> members = new ArrayList<>();
        map.forEach((key, value) -> members.add(new JsonMember(key, new JsonString(value))));
        return new JsonObject(members);
    }

    /**
     * Reads a ledger.
     *
     * @throws JsonException when it is not one
     * @throws IllegalArgumentException when a value in it is not what it should be
     */
    static Ledger decode(String text) throws JsonException {
        if (!(JsonParser.parse(text) instanceof JsonObject json)
                || json.integer("format", 0) != FORMAT) {
            throw new JsonException("not a ledger of this version");
        }
        List<PoolRules> pools = new ArrayList<>();
        for (JsonObject one : json.objects("pools")) {
            pools.add(pool(one));
        }
        Map<IpPrefix, HeldBlock> blocks = new HashMap<>();
        for (JsonObject one : json.objects("blocks")) {
            IpPrefix cidr = IpPrefix.parse(one.string("cidr", ""));
            blocks.put(
                    cidr,
                    new HeldBlock(
                            cidr,
                            one.string("pool", ""),
                            one.integer("until").orElse(0),
                            one.integer("cursor", 0),
                            one.bool("leaving", false)));
        }
        Map<InetAddress, Given> given = new LinkedHashMap<>();
        for (JsonObject one : json.objects("given")) {
            Given entry = given(one);
            given.put(entry.allocation().address(), entry);
        }
        Map<InetAddress, Long> cooling = new HashMap<>();
        for (JsonObject one : json.objects("cooling")) {
            cooling.put(IpAddresses.parse(one.string("address", "")), one.integer("at").orElse(0));
        }
        return new Ledger(
                json.string("bootId", ""),
                json.integer("generation").orElse(0),
                pools,
                blocks,
                given,
                cooling);
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
                one.strings("reservations").stream().map(IpPrefix::parse).toList());
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
