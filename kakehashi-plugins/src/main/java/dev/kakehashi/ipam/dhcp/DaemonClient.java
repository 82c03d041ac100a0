package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ErrorCodec;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.UnixSocket;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Has {@code dhcp daemon} do a call.
 *
 * @param path the socket, as the configuration names it
 * @param file the socket, as this process finds it
 * @param required whether the configuration names it: then nobody else will do
 */
record DaemonClient(String path, Path file, boolean required) {

    /** Nobody there who could do the call. */
    static final class Absent extends CniException {
        private static final long serialVersionUID = 1L;

        Absent(int code, String msg, String details) {
            super(code, msg, details);
        }
    }

    /** Whether there is one to be asked, or should be. */
    boolean isWanted() {
        return required || Files.exists(file);
    }

    CniResult add(PluginRequest request) throws CniException {
        return ResultCodec.decode(
                request.cniVersion(), call(request, CniException.TRY_AGAIN_LATER));
    }

    /**
     * Everything but ADD.
     *
     * @throws Absent when nobody listens, or only somebody who does not understand
     */
    void run(PluginRequest request) throws CniException {
        call(request, CniException.PLUGIN_NOT_AVAILABLE);
    }

    private JsonObject call(PluginRequest request, int codeWhenAbsent) throws CniException {
        // The daemon may work in another directory.
        String netns =
                request.netns().isEmpty()
                        ? ""
                        : Path.of(request.netns()).toAbsolutePath().toString();
        byte[] line;
        try (UnixSocket socket = connect(codeWhenAbsent)) {
            DaemonWire.send(socket, DaemonWire.Request.of(request, netns).encode());
            line = DaemonWire.receiveLine(socket);
        } catch (IOException e) {
            throw Failures.of("error calling DHCP daemon at \"" + path + "\"", e);
        }
        if (DaemonWire.isOfReference(line)) {
            throw new Absent(
                    CniException.PLUGIN_NOT_AVAILABLE,
                    "\"" + path + "\" belongs to the DHCP daemon of the reference plugin",
                    "it understands only its own plugin: stop it, and either start `dhcp daemon` of"
                            + " this plugin or take daemonSocketPath out of the configuration");
        }
        if (line.length == 0) {
            throw new CniException(
                    CniException.TRY_AGAIN_LATER,
                    "the DHCP daemon at \"" + path + "\" ended while it worked on the request",
                    "its log says why; what it has leased stays on file");
        }
        DaemonWire.Answer answer = DaemonWire.Answer.decode(line);
        JsonObject output =
                answer.output().isEmpty()
                        ? JsonObject.EMPTY
                        : JsonParser.parseObject(answer.output());
        if (answer.status() != 0) {
            throw ErrorCodec.decode(output);
        }
        return output;
    }

    private UnixSocket connect(int codeWhenAbsent) throws CniException, IOException {
        UnixSocket socket;
        try {
            socket = UnixSocket.connect(file);
        } catch (LinuxException e) {
            throw new Absent(
                    codeWhenAbsent,
                    "error dialing DHCP daemon: dial unix " + path + ": connect: " + why(e),
                    "start `dhcp daemon -socketpath "
                            + path
                            + "`, or take daemonSocketPath out of the configuration: then the"
                            + " Kakehashi agent keeps the leases");
        }
        int user = socket.peer().uid();
        if (user != 0) {
            socket.close();
            throw new Absent(
                    CniException.PLUGIN_NOT_AVAILABLE,
                    "the DHCP daemon at \"" + path + "\" is not root's, but of user " + user,
                    "");
        }
        return socket;
    }

    private static String why(LinuxException e) {
        if (e.is(Errno.ENOENT)) {
            return "no such file or directory";
        }
        return e.is(Errno.ECONNREFUSED) ? "connection refused" : String.valueOf(e.getMessage());
    }
}
