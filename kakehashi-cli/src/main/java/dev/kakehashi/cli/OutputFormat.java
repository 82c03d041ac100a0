package dev.kakehashi.cli;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonBoolean;
import dev.kakehashi.cni.json.JsonNull;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;

import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The forms of {@code -o}: tables for people, wide ones with more columns, JSON and YAML for
 * programs.
 */
enum OutputFormat {
    TABLE,
    WIDE,
    JSON,
    YAML;

    boolean forPrograms() {
        return this == JSON || this == YAML;
    }

    /** Prints a value in this form; a table has no general form. */
    void print(PrintStream out, JsonObject value) {
        switch (this) {
            case JSON -> out.println(value.toPrettyString());
            case YAML -> out.print(yaml(value));
            case TABLE, WIDE ->
                    throw new IllegalStateException("a table is printed by who knows it");
        }
    }

    private static String yaml(JsonObject value) {
        DumpSettings block = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
        return new Dump(block).dumpToString(plain(value));
    }

    private static Object plain(JsonValue value) {
        return switch (value) {
            case JsonObject object -> {
                Map<String, Object> map = new LinkedHashMap<>();
                object.members().forEach(m -> map.put(m.name(), plain(m.value())));
                yield map;
            }
            case JsonArray array -> array.values().stream().map(OutputFormat::plain).toList();
            case JsonString string -> string.value();
            case JsonNumber number ->
                    number.asLong().isPresent()
                            ? (Object) number.asLong().getAsLong()
                            : number.literal();
            case JsonBoolean bool -> bool.value();
            case JsonNull _ -> "";
        };
    }

    /** The word as it is typed after {@code -o}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
