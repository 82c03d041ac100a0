package dev.kakehashi.cni.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads RFC 8259 JSON into a tree. Duplicate names are kept (readers see the last one). Nesting
 * deeper than 1000 levels and numbers longer than 1000 characters are refused, so that hostile
 * input costs neither stack nor time.
 */
public final class JsonParser {
    // Interned names would stay for good in a long-running process that strangers write to; the
    // factory's own
    // table of names is bounded.
    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

    private JsonParser() {}

    /** Loads and initializes what parsing needs, so that the first call does not wait for it. */
    public static void prepare() {
        try (com.fasterxml.jackson.core.JsonParser in = FACTORY.createParser(new byte[0])) {
            JsonToken _ = in.nextToken();
        } catch (IOException e) {
            throw new AssertionError("there is nothing to read", e);
        }
    }

    /**
     * Reads one value and nothing after it.
     *
     * @throws JsonException when the bytes are not exactly one JSON value, with line and column
     */
    public static JsonValue parse(byte[] json) throws JsonException {
        try (com.fasterxml.jackson.core.JsonParser in = FACTORY.createParser(json)) {
            JsonToken first = in.nextToken();
            if (first == null) {
                throw new JsonException("unexpected end of JSON input");
            }
            JsonValue value = value(in, first);
            if (in.nextToken() != null) {
                throw new JsonException(
                        "invalid JSON: more data after the end of the value" + at(in));
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new JsonException("invalid JSON: " + e.getOriginalMessage() + where(e), e);
        } catch (IOException e) {
            throw new JsonException("invalid JSON: " + e.getMessage(), e);
        }
    }

    /** Reads text as {@link #parse(byte[])} reads its UTF-8 form. */
    public static JsonValue parse(String json) throws JsonException {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads one object.
     *
     * @throws JsonException also when the value is another kind than an object
     */
    public static JsonObject parseObject(byte[] json) throws JsonException {
        return asObject(parse(json));
    }

    /**
     * The value as an object.
     *
     * @throws JsonException when it is another kind
     */
    public static JsonObject asObject(JsonValue value) throws JsonException {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new JsonException("expected a JSON object, found " + value.kind());
    }

    /** Reads text as {@link #parseObject(byte[])} reads its UTF-8 form. */
    public static JsonObject parseObject(String json) throws JsonException {
        return parseObject(json.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonValue value(com.fasterxml.jackson.core.JsonParser in, JsonToken token)
            throws IOException {
        return switch (token) {
            case START_OBJECT -> object(in);
            case START_ARRAY -> array(in);
            case VALUE_STRING -> new JsonString(in.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(in.getText());
            case VALUE_TRUE -> JsonBoolean.TRUE;
            case VALUE_FALSE -> JsonBoolean.FALSE;
            case VALUE_NULL -> JsonNull.NULL;
            default -> throw new IOException("unexpected " + token);
        };
    }

    private static JsonObject object(com.fasterxml.jackson.core.JsonParser in) throws IOException {
        List<JsonMember> members = new ArrayList<>();
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            members.add(new JsonMember(name, value(in, in.nextToken())));
        }
        return new JsonObject(members);
    }

    private static JsonArray array(com.fasterxml.jackson.core.JsonParser in) throws IOException {
        List<JsonValue> values = new ArrayList<>();
        for (JsonToken token = in.nextToken();
                token != JsonToken.END_ARRAY;
                token = in.nextToken()) {
            values.add(value(in, token));
        }
        return new JsonArray(values);
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " at line "
                        + e.getLocation().getLineNr()
                        + ", column "
                        + e.getLocation().getColumnNr();
    }

    private static String at(com.fasterxml.jackson.core.JsonParser in) {
        return " at line "
                + in.currentTokenLocation().getLineNr()
                + ", column "
                + in.currentTokenLocation().getColumnNr();
    }
}
