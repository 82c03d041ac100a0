package dev.kakehashi.examples;

import dev.kakehashi.cni.CniArgs;
import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginDispatcher;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A chained CNI plugin that writes the addresses of containers into a hosts(5) file, so that the
 * host (or dnsmasq with {@code addn-hosts}) finds them by name. It runs after the plugin that gives
 * out addresses and needs nothing of the kernel.
 *
 * <p>Keys: {@code file} (required, absolute), {@code domain} (optional, appended to the name). The
 * name is the pod's, if the runtime tells it in CNI_ARGS, else the container's id. Each line ends
 * with a comment that says whose it is.
 */
public final class HostsFilePlugin implements Plugin {
    private static final String MARK = "# cni ";

    /** Runs the plugin for the call that this process's environment and standard input describe. */
    public static void main(String[] args) {
        System.exit(PluginDispatcher.runProcess(new HostsFilePlugin()));
    }

    @Override
    public String name() {
        return "hostsfile";
    }

    /** Versions before 0.3.0 have no chaining. */
    @Override
    public List<CniVersion> supportedVersions() {
        return CniVersion.since(CniVersion.V0_3_0);
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        CniResult previous = request.requirePrevResult();
        List<String> lines = lines(request, previous);
        edit(request, owner -> owner.equals(owner(request)), lines);
        return previous;
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        edit(request, owner -> owner.equals(owner(request)), List.of());
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        List<String> present = read(file(request));
        for (String line : lines(request, request.requirePrevResult())) {
            if (!present.contains(line)) {
                throw new CniException(100, "missing in " + file(request) + ": " + line);
            }
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        Set<String> valid = new HashSet<>();
        for (CniAttachment one : request.validAttachments()) {
            valid.add(owner(request.networkName(), one.containerId(), one.ifName()));
        }
        String network = MARK + request.networkName() + " ";
        edit(request, owner -> owner.startsWith(network) && !valid.contains(owner), List.of());
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        Path folder = file(request).getParent();
        if (folder == null || !Files.isWritable(folder)) {
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE, "cannot write in folder " + folder);
        }
    }

    private static Path file(PluginRequest request) throws JsonException {
        String file = request.config().string("file", "");
        if (!file.startsWith("/")) {
            throw new JsonException("\"file\" must be an absolute path, not \"" + file + "\"");
        }
        return Path.of(file);
    }

    private static List<String> lines(PluginRequest request, CniResult result) throws CniException {
        String pod = CniArgs.parseLenient(request.args()).get("K8S_POD_NAME");
        String domain = request.config().string("domain", "");
        String name =
                (pod == null ? request.containerId() : pod)
                        + (domain.isEmpty() ? "" : "." + domain);
        List<String> lines = new ArrayList<>();
        for (CniIp ip : result.ips()) {
            lines.add(IpText.format(ip.address().address()) + " " + name + " " + owner(request));
        }
        return lines;
    }

    private static String owner(PluginRequest request) throws JsonException {
        return owner(request.networkName(), request.containerId(), request.ifName());
    }

    private static String owner(String network, String containerId, String ifName) {
        return MARK + network + " " + containerId + " " + ifName;
    }

    /** Decides over lines by the comment that says whose they are. */
    private interface Ours {
        boolean test(String owner) throws JsonException;
    }

    /**
     * Replaces our lines by others: under a lock, for other containers may come and go at once, and
     * in one step.
     */
    private static void edit(PluginRequest request, Ours remove, List<String> add)
            throws CniException {
        Path file = file(request);
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            List<String> lines = new ArrayList<>();
            for (String line : read(file)) {
                int comment = line.indexOf(MARK);
                if (comment < 0 || !remove.test(line.substring(comment))) {
                    lines.add(line);
                }
            }
            lines.addAll(add);
            Path temporary = file.resolveSibling(file.getFileName() + ".new");
            Files.write(temporary, lines);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CniException(CniException.IO_FAILURE, "cannot write " + file + ": " + e, e);
        }
    }

    private static List<String> read(Path file) throws CniException {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new CniException(CniException.IO_FAILURE, "cannot read " + file + ": " + e, e);
        }
    }
}
