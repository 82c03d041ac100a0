package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The images of a lab's pods, made of the machine's static busybox without a registry: a {@code
 * docker save} archive (Docker Image Specification 1.2, "Combined Image JSON + Filesystem Changeset
 * Format").
 */
final class LabImages {
    /** Sleeps: what keeps a pod's namespaces. */
    static final String PAUSE = "kakehashi.dev/lab/pause:1";

    /** A shell, httpd, nc, ping; wget of a static busybox looks for libraries of names. */
    static final String BUSYBOX = "kakehashi.dev/lab/busybox:1";

    private static final Path PROGRAM = Path.of("/bin/busybox");
    private static final List<String> APPLETS =
            List.of(
                    "sh",
                    "httpd",
                    "wget",
                    "nc",
                    "ping",
                    "sleep",
                    "cat",
                    "ls",
                    "ip",
                    "echo",
                    "mkdir",
                    "hostname",
                    "true");

    private final LabPrograms programs;
    private final Path folder;

    LabImages(LabDirectory directory) {
        this.programs = new LabPrograms(directory.lab());
        this.folder = directory.path().resolve("images");
    }

    /** Makes the archive with both images. */
    Path make() throws IOException {
        Path root = folder.resolve("root");
        Path bin = root.resolve("bin");
        Files.createDirectories(bin);
        Files.copy(PROGRAM, bin.resolve("busybox"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
        }
        Files.createDirectories(root.resolve("tmp"));
        Path content = Files.createDirectories(folder.resolve("content"));
        Path layer = content.resolve("layer.tar");
        programs.succeed(tar(layer, root, List.of("bin", "tmp")));
        String digest = sha256(layer);
        Files.writeString(content.resolve("busybox.json"), config(digest, "\"Cmd\":[\"/bin/sh\"]"));
        Files.writeString(
                content.resolve("pause.json"),
                config(digest, "\"Entrypoint\":[\"/bin/sleep\",\"2000000000\"]"));
        Files.writeString(
                content.resolve("manifest.json"),
                "[" + entry("busybox.json", BUSYBOX) + "," + entry("pause.json", PAUSE) + "]");
        Path archive = folder.resolve("images.tar");
        programs.succeed(
                tar(
                        archive,
                        content,
                        List.of("manifest.json", "busybox.json", "pause.json", "layer.tar")));
        return archive;
    }

    private static List<String> tar(Path archive, Path folder, List<String> names) {
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                "tar",
                                "--create",
                                "--file=" + archive,
                                "--directory=" + folder,
                                "--owner=0",
                                "--group=0"));
        command.addAll(names);
        return command;
    }

    private static String entry(String config, String tag) {
        return "{\"Config\":\"%s\",\"RepoTags\":[\"%s\"],\"Layers\":[\"layer.tar\"]}"
                .formatted(config, tag);
    }

    private static String config(String digest, String start) {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return ("{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\"],%s},"
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:%s\"]}}")
                .formatted(architecture, start, digest);
    }

    private static String sha256(Path file) throws IOException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this Java has no SHA-256", e);
        }
    }
}
