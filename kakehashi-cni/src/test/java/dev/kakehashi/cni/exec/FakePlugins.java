package dev.kakehashi.cni.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plugins that are real executables: shell scripts that note how they were called and then do what
 * a test tells them to, in shell.
 */
public final class FakePlugins {
    private final Path bin;
    private final Path notes;

    private FakePlugins(Path bin, Path notes) {
        this.bin = bin;
        this.notes = notes;
    }

    /** Plugins in a folder of the test's own. */
    public static FakePlugins in(Path folder) throws IOException {
        return new FakePlugins(
                Files.createDirectories(folder.resolve("bin")),
                Files.createDirectories(folder.resolve("notes")));
    }

    /** Installs a plugin that succeeds silently, and answers VERSION with every version. */
    public FakePlugins install(String type) throws IOException {
        Path file = bin.resolve(type);
        Files.writeString(
                file,
                """
                #!/bin/sh
                n='%s/%s'."$CNI_COMMAND"
                cat >"$n.stdin"
                env >"$n.env"
                echo '%s' "$CNI_COMMAND" "$CNI_CONTAINERID" "$CNI_IFNAME" >>'%s/log'
                [ ! -f "$n.sh" ] || . "$n.sh"
                """
                        .formatted(notes, type, type, notes));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return on(
                type,
                "VERSION",
                "echo '{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\","
                        + "\"0.4.0\",\"1.0.0\",\"1.1.0\"]}'");
    }

    /** What a plugin does on a command. */
    public FakePlugins on(String type, String command, String shell) throws IOException {
        Files.writeString(notes.resolve(type + "." + command + ".sh"), shell + "\n");
        return this;
    }

    /** The folder of the binaries. */
    public List<String> path() {
        return List.of(bin.toString());
    }

    /** The file of a plugin. */
    public String binary(String type) {
        return bin.resolve(type).toString();
    }

    /** All calls in order: type, command, container, interface. */
    public List<String> calls() throws IOException {
        Path log = notes.resolve("log");
        return Files.exists(log)
                ? Files.readAllLines(log).stream().map(String::strip).toList()
                : List.of();
    }

    /** What the plugin read on its last call with this command. */
    public JsonObject stdin(String type, String command) throws IOException, JsonException {
        return JsonParser.parseObject(rawStdin(type, command));
    }

    /** The bytes the plugin read on its last call with this command. */
    public byte[] rawStdin(String type, String command) throws IOException {
        return Files.readAllBytes(notes.resolve(type + "." + command + ".stdin"));
    }

    /** The environment of the plugin's last call with this command. */
    public Map<String, String> environment(String type, String command) throws IOException {
        Map<String, String> variables = new HashMap<>();
        String text = Files.readString(notes.resolve(type + "." + command + ".env"), UTF_8);
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                variables.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return variables;
    }
}
