package dev.kakehashi.conformance.stage;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.cni.result.ResultCodec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * An address plugin that is a shell script: it gives out what it is told to, fails when it is told
 * to, and notes how it was called.
 */
public final class ScriptedIpam {
    /** Its type. */
    public static final String TYPE = "conformance-ipam";

    private final Path folder;
    private final CniVersion version;

    private ScriptedIpam(Path folder, CniVersion version) {
        this.folder = folder;
        this.version = version;
    }

    /**
     * Installs it in a folder of plugins.
     *
     * @param version that of its results
     */
    static ScriptedIpam install(Path bin, Path notes, String version)
            throws IOException, CniException {
        Files.createDirectories(bin);
        Files.createDirectories(notes);
        Path script = bin.resolve(TYPE);
        Files.writeString(
                script,
                """
                #!/bin/sh
                cd '%s' || exit 1
                call=$CNI_COMMAND.$CNI_CONTAINERID.$CNI_IFNAME
                cat >"stdin.$call"
                env >"env.$call"
                echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_IFNAME" >>log
                if [ -f "fail.$CNI_COMMAND" ]; then cat "fail.$CNI_COMMAND"; exit 1; fi
                case $CNI_COMMAND in
                ADD) : >"held.$CNI_CONTAINERID.$CNI_IFNAME"; cat "result.$CNI_CONTAINERID" ;;
                DEL) rm -f "held.$CNI_CONTAINERID.$CNI_IFNAME" ;;
                VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}' ;;
                esac
                """
                        .formatted(notes));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ScriptedIpam(notes, CniVersion.parse(version));
    }

    /** What it gives to a container: 10.8.0.0/24 through 10.8.0.1, and a default route. */
    void prepare(Pod pod, int number) throws IOException, CniException {
        give(
                pod,
                CniResult.EMPTY
                        .withIps(
                                List.of(
                                        CniIp.of(cidr("10.8.0." + (number + 1) + "/24"))
                                                .withGateway(
                                                        IpText.parse("10.8.0.1").orElseThrow())))
                        .withRoutes(List.of(CniRoute.to(cidr("0.0.0.0/0")))));
    }

    /** Has it give these to a container: no gateway, no routes. */
    public void give(Pod pod, String... addresses) throws IOException, CniException {
        List<CniIp> ips = new ArrayList<>();
        for (String address : addresses) {
            ips.add(CniIp.of(cidr(address)));
        }
        give(pod, CniResult.EMPTY.withIps(ips));
    }

    /** Has it give the result of this text to a container. */
    public void giveResult(Pod pod, String text) throws IOException, CniException {
        JsonObject result = JsonParser.parseObject(text.getBytes(StandardCharsets.UTF_8));
        give(pod, ResultCodec.decode(result.with("cniVersion", new JsonString("1.1.0"))));
    }

    /** Has it give this to a container. */
    public void give(Pod pod, CniResult result) throws IOException, CniException {
        Files.writeString(
                folder.resolve("result." + pod.id()),
                ResultCodec.encode(result, version).toCompactString());
    }

    private static Cidr cidr(String text) {
        return Cidr.parse(text).orElseThrow();
    }

    /** Has it fail on a command. */
    public void fail(String command, int code, String msg) throws IOException {
        Files.writeString(
                folder.resolve("fail." + command),
                "{\"cniVersion\": \"1.0.0\", \"code\": " + code + ", \"msg\": \"" + msg + "\"}");
    }

    /** Has it succeed on a command again. */
    public void succeed(String command) throws IOException {
        Files.deleteIfExists(folder.resolve("fail." + command));
    }

    /** Whether a container's interface holds an address. */
    public boolean holds(Pod pod, String ifName) {
        return Files.exists(folder.resolve("held." + pod.id() + "." + ifName));
    }

    /** All calls in order: command, container, interface. */
    public List<String> calls() throws IOException {
        Path log = folder.resolve("log");
        return Files.exists(log)
                ? Files.readAllLines(log).stream().map(String::strip).toList()
                : List.of();
    }

    /** The configuration it was given, empty if it was not called so. */
    public String stdin(String command, String containerId, String ifName) throws IOException {
        return note("stdin", command, containerId, ifName);
    }

    /** The environment it was given, a variable a line. */
    public String environment(String command, String containerId, String ifName)
            throws IOException {
        return note("env", command, containerId, ifName);
    }

    private String note(String what, String command, String containerId, String ifName)
            throws IOException {
        Path file = folder.resolve(what + "." + command + "." + containerId + "." + ifName);
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
