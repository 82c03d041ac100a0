package dev.kakehashi.plugins;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Calls of plugins with something wrong in them, from the outside: variables, input, output. */
public final class DamagedCalls {

    private static final List<String> WRONG =
            List.of(
                    "null",
                    "true",
                    "false",
                    "0",
                    "-1",
                    "1",
                    "4095",
                    "70000",
                    "99999999999",
                    "1.5",
                    "1e400",
                    "\"\"",
                    "\" \"",
                    "\"x\"",
                    "\"..\"",
                    "\"../../x\"",
                    "\"a/b\"",
                    "\"10.1.2.3\"",
                    "\"10.1.2.3/33\"",
                    "\"10.1.2.0/31\"",
                    "\"2001:db8::1/129\"",
                    "\"224.0.0.1/24\"",
                    "\"0.0.0.0/0\"",
                    "\"0.0.0.0\"",
                    "\"::ffff:10.1.2.3\"",
                    "\"ff:ff:ff:ff:ff:ff\"",
                    "\"iptables\"",
                    "\"nftables\"",
                    "\"static\"",
                    "\"no-such-plugin\"",
                    "\"sixteencharsname\"",
                    "\"lo\"",
                    "\"br0\"",
                    "\"all\"",
                    "\"default\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"%s%n\"",
                    "\"0.4.0\"",
                    "\"1.2.0\"",
                    "[]",
                    "{}",
                    "[[]]",
                    "[{}]",
                    "[null]",
                    "{\"a\": [1]}");

    private static final Map<String, List<String>> VARIABLES =
            Map.of(
                    "CNI_CONTAINERID", List.of("", "../x", "a b", "x".repeat(300), ".", "-"),
                    "CNI_IFNAME",
                            List.of(
                                    "",
                                    "..",
                                    "a/b",
                                    "sixteencharsname",
                                    "lo",
                                    "eth 0",
                                    "a:b",
                                    "eth%d"),
                    "CNI_NETNS", List.of("", "/gone", "/etc/passwd", "relative", "/proc/self", "/"),
                    "CNI_ARGS",
                            List.of(
                                    "x",
                                    "=",
                                    "IP=",
                                    "MAC=zz",
                                    "IP=1;IP=2",
                                    "IP=../../etc/passwd",
                                    "IP=10.1.2.3/99;GATEWAY=::",
                                    "MAC=ff:ff:ff:ff:ff:ff",
                                    "MAC=%s\u0000;IgnoreUnknown=1",
                                    "IgnoreUnknown=1;" + "K8S_POD_NAME=x;".repeat(500),
                                    "A=b",
                                    "IgnoreUnknown=x"),
                    "CNI_PATH", List.of("", ":", "/gone", "relative"));

    private DamagedCalls() {}

    static <T> T oneOf(RandomGenerator random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** The value with one thing in it replaced, left out or doubled. */
    public static JsonValue damage(JsonValue value, RandomGenerator random) throws JsonException {
        boolean here = random.nextInt(5) == 0;
        if (!here && value instanceof JsonObject object && !object.isEmpty()) {
            List<JsonMember> members = new ArrayList<>(object.members());
            int at = random.nextInt(members.size());
            JsonMember member = members.get(at);
            switch (random.nextInt(8)) {
                case 0 -> members.remove(at);
                case 1 -> members.add(member);
                default ->
                        members.set(
                                at, new JsonMember(member.name(), damage(member.value(), random)));
            }
            return new JsonObject(members);
        }
        if (!here && value instanceof JsonArray array && !array.values().isEmpty()) {
            List<JsonValue> values = new ArrayList<>(array.values());
            int at = random.nextInt(values.size());
            values.set(at, damage(values.get(at), random));
            return new JsonArray(values);
        }
        return JsonParser.parse(oneOf(random, WRONG));
    }

    /** The variables of an attachment, now and then with one of them wrong. */
    static Map<String, String> variables(PluginBed bed, RandomGenerator random) {
        Map<String, String> variables = variables(bed);
        if (random.nextInt(4) == 0) {
            String name = oneOf(random, VARIABLES.keySet().stream().sorted().toList());
            variables.put(name, oneOf(random, VARIABLES.getOrDefault(name, List.of())));
        }
        return variables;
    }

    /** The variables of an attachment. */
    static Map<String, String> variables(PluginBed bed) {
        Map<String, String> variables = new HashMap<>();
        variables.put("CNI_CONTAINERID", "container");
        variables.put("CNI_IFNAME", "eth0");
        variables.put("CNI_NETNS", PluginBed.path(bed.container()));
        variables.put("CNI_PATH", "/nowhere");
        return variables;
    }

    /** A configuration as it comes on standard input. */
    static byte[] bytes(JsonObject config) {
        return config.toCompactString().getBytes(StandardCharsets.UTF_8);
    }

    /** What a call left. */
    record Answer(int status, String stdout, String stderr) {}

    static Answer call(
            PluginBed bed,
            String type,
            String command,
            Map<String, String> variables,
            byte[] stdin) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.putIfAbsent("CNI_COMMAND", command);
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        int status =
                PluginDispatcher.of(_ -> false, bed.delegator())
                        .dispatch(
                                bed.plugin(type),
                                new PluginCall(
                                        environment,
                                        new ByteArrayInputStream(stdin),
                                        stdout,
                                        new PrintStream(stderr, true, StandardCharsets.UTF_8)));
        return new Answer(
                status,
                stdout.toString(StandardCharsets.UTF_8),
                stderr.toString(StandardCharsets.UTF_8));
    }
}
