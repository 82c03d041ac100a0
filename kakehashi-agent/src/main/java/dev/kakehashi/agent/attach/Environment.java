package dev.kakehashi.agent.attach;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The environment of a call: the bytes as the kernel gave them to the front binary, so that foreign
 * delegates inherit exactly these, and the variables as text.
 */
final class Environment {
    private final byte[] bytes;
    private final Map<String, String> variables;

    private Environment(byte[] bytes, Map<String, String> variables) {
        this.bytes = bytes;
        this.variables = variables;
    }

    /**
     * Splits {@code NAME=value} strings that end with a zero byte each. Of a name that comes twice
     * the first counts, as for getenv(3); strings without {@code =} are passed on but are no
     * variables.
     *
     * @throws ProtocolException when the last string does not end
     */
    static Environment decode(byte[] bytes) throws ProtocolException {
        if (bytes.length > 0 && bytes[bytes.length - 1] != 0) {
            throw new ProtocolException(
                    Refusal.MALFORMED, "the last string of ENVIRONMENT does not end");
        }
        Map<String, String> variables = new HashMap<>(64);
        int start = 0;
        for (int end = 0; end < bytes.length; end++) {
            if (bytes[end] == 0) {
                String entry = new String(bytes, start, end - start, StandardCharsets.UTF_8);
                int equals = entry.indexOf('=');
                if (equals > 0) {
                    variables.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
                }
                start = end + 1;
            }
        }
        return new Environment(bytes, variables);
    }

    /** An environment of these variables. */
    static Environment of(Map<String, String> variables) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(2048);
        variables.forEach((name, value) -> append(out, name, value));
        return new Environment(out.toByteArray(), variables);
    }

    /** The strings, each ended by a zero byte; not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    /** The variables; not to be changed. */
    Map<String, String> variables() {
        return variables;
    }

    /** A variable; empty when it is not set. */
    String get(String name) {
        return variables.getOrDefault(name, "");
    }

    /** The strings with some variables replaced or added. */
    byte[] bytesWith(Map<String, String> changes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 256);
        int start = 0;
        for (int end = 0; end < bytes.length; end++) {
            if (bytes[end] == 0) {
                if (!changes.containsKey(nameAt(start, end))) {
                    out.write(bytes, start, end + 1 - start);
                }
                start = end + 1;
            }
        }
        changes.forEach((name, value) -> append(out, name, value));
        return out.toByteArray();
    }

    private String nameAt(int start, int end) {
        int equals = start;
        while (equals < end && bytes[equals] != '=') {
            equals++;
        }
        return new String(bytes, start, equals - start, StandardCharsets.UTF_8);
    }

    private static void append(ByteArrayOutputStream out, String name, String value) {
        out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        out.write('=');
        out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        out.write(0);
    }
}
