package dev.kakehashi.bench;

import dev.kakehashi.cni.json.JsonObject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** What the measurements were made on: without it they say nothing. */
final class Machine {
    private Machine() {}

    static JsonObject describe() throws IOException {
        return JsonObject.builder()
                .put("date", Instant.now().toString())
                .put("kernel", Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip())
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("processor", field("/proc/cpuinfo", "model name"))
                .put("memory", field("/proc/meminfo", "MemTotal"))
                .put("java", Runtime.version().toString())
                .put("distribution", field("/etc/os-release", "PRETTY_NAME"))
                .build();
    }

    /** The number of the first processor that this process may use. */
    static String firstProcessor() throws IOException {
        return field("/proc/self/status", "Cpus_allowed_list").split("[,-]", -1)[0];
    }

    private static String field(String file, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of(file))) {
            int split = line.indexOf(line.contains(":") ? ':' : '=');
            if (split > 0 && line.substring(0, split).strip().equals(name)) {
                return line.substring(split + 1).strip().replace("\"", "");
            }
        }
        return "";
    }
}
