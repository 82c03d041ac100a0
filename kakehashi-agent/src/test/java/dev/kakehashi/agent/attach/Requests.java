package dev.kakehashi.agent.attach;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Requests as a front binary makes them. */
final class Requests {
    static final String BRIDGE = "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"type\":\"bridge\"}";

    private Requests() {}

    static AttachRequest add(String container) {
        return of("ADD", container, BRIDGE);
    }

    static AttachRequest of(String command, String container, String config) {
        Map<String, String> variables = new TreeMap<>();
        variables.put("CNI_COMMAND", command);
        variables.put("CNI_CONTAINERID", container);
        variables.put("CNI_IFNAME", "eth0");
        variables.put("CNI_NETNS", "/proc/self/ns/net");
        variables.put("CNI_PATH", "/opt/cni/bin");
        return new AttachRequest(
                "bridge",
                Environment.of(variables),
                config.getBytes(StandardCharsets.UTF_8),
                Deadline.inMillis(60_000),
                new RequestId(0x0102030405060708L, 0x1112131415161718L),
                Optional.of(new FileId(0x0000000800000001L, 0x2a)),
                "/home",
                0);
    }
}
