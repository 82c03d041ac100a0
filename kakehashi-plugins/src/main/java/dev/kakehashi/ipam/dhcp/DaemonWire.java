package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.UnixSocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What plugin and daemon say to each other: one line of JSON each way, on a connection of its own.
 * The request is the call as the runtime made it, {@code {"kakehashi-dhcp": 1, "environment": …,
 * "config": …}}; the answer {@code {"kakehashi-dhcp": 1, "status": …, "output": …}} is what a
 * plugin would have printed.
 */
public final class DaemonWire {

    private static final String VERSION_KEY = "kakehashi-dhcp";
    private static final int VERSION = 1;

    /** As much as a front binary passes on. */
    private static final int LIMIT = 4 << 20;

    /** What the daemon of the reference plugin says to anything that is not its own plugin. */
    private static final String HTTP = "HTTP/";

    private DaemonWire() {}

    /**
     * A call.
     *
     * @param environment the CNI_* variables
     * @param config what stands on standard input
     */
    public record Request(Map<String, String> environment, JsonObject config) {

        /** The call of a plugin. */
        static Request of(PluginRequest request, String netns) {
            Map<String, String> environment = new HashMap<>();
            for (Map.Entry<String, String> variable : request.environment().entrySet()) {
                if (variable.getKey().startsWith("CNI_")) {
                    environment.put(variable.getKey(), variable.getValue());
                }
            }
            environment.put("CNI_NETNS", netns);
            return new Request(environment, request.config());
        }

        /** As a line. */
        public byte[] encode() {
            JsonObject.Builder variables = JsonObject.builder();
            environment.forEach(variables::put);
            return line(
                    JsonObject.builder()
                            .put(VERSION_KEY, VERSION)
                            .put("environment", variables.build())
                            .put("config", config)
                            .build());
        }

        /**
         * Reads a line.
         *
         * @throws CniException code 6 when it is no request of this version
         */
        public static Request decode(byte[] line) throws CniException {
            JsonObject json = object(line);
            Map<String, String> environment = new HashMap<>();
            for (JsonMember member :
                    json.object("environment").orElse(JsonObject.EMPTY).members()) {
                if (member.value() instanceof JsonString(String value)) {
                    environment.put(member.name(), value);
                }
            }
            return new Request(environment, json.object("config").orElse(JsonObject.EMPTY));
        }
    }

    /**
     * An answer.
     *
     * @param status 0, or that of a failure
     * @param output the result or the error object; empty where a plugin prints nothing
     */
    public record Answer(int status, String output) {

        /** As a line. */
        public byte[] encode() {
            return line(
                    JsonObject.builder()
                            .put(VERSION_KEY, VERSION)
                            .put("status", status)
                            .put("output", output)
                            .build());
        }

        static Answer decode(byte[] line) throws CniException {
            JsonObject json = object(line);
            return new Answer(json.integer("status", 1), json.string("output", ""));
        }
    }

    /** Whether it was the reference plugin's daemon that answered. */
    static boolean isOfReference(byte[] line) {
        return new String(line, StandardCharsets.ISO_8859_1).startsWith(HTTP);
    }

    /** Whether it is the reference plugin that asks (net/rpc of Go, by HTTP). */
    public static boolean isReferencePlugin(byte[] line) {
        return new String(line, StandardCharsets.ISO_8859_1).startsWith("CONNECT ");
    }

    /** What the reference plugin shows to its user. */
    public static byte[] answerToReferencePlugin() {
        return (HTTP
                        + "1.0 501 this is Kakehashi's DHCP daemon, which serves Kakehashi's dhcp"
                        + " plugin only\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static JsonObject object(byte[] line) throws CniException {
        JsonObject json;
        try {
            json = JsonParser.parseObject(line);
        } catch (JsonException e) {
            throw e.because("not a message of the DHCP daemon");
        }
        if (json.integer(VERSION_KEY, 0) != VERSION) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "the other side of the DHCP daemon's socket speaks another version than "
                            + VERSION,
                    "plugin and daemon must be of one release: start the daemon again");
        }
        return json;
    }

    private static byte[] line(JsonObject json) {
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Receives up to the end of a line, or of the stream.
     *
     * @throws IOException when it is too long
     */
    public static byte[] receiveLine(UnixSocket socket) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(4096);
        byte[] buffer = new byte[8192];
        while (line.size() <= LIMIT) {
            int length = socket.receive(buffer, 0, buffer.length, new ArrayList<>(0));
            for (int i = 0; i < length; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, 0, i);
                    return line.toByteArray();
                }
            }
            line.write(buffer, 0, length);
            if (length == 0) {
                return line.toByteArray();
            }
        }
        throw new IOException("a message of more than " + LIMIT + " bytes");
    }

    /** Sends a line. */
    public static void send(UnixSocket socket, byte[] line) throws IOException {
        socket.send(line, List.of());
    }
}
