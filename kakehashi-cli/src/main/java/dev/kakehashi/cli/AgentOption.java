package dev.kakehashi.cli;

import dev.kakehashi.agent.attach.AttachClient;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.LinuxException;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** The agent of this node, and how it is asked. */
final class AgentOption {
    @Option(
            names = "--socket",
            paramLabel = "PATH",
            defaultValue = "${env:KAKEHASHI_SOCKET:-/run/kakehashi/agent.sock}",
            description = "Where the agent listens (default: ${DEFAULT-VALUE}).")
    Path socket = Path.of("");

    /**
     * What the agent says.
     *
     * @throws IOException when none answers, with what to do about it
     */
    JsonObject ask(String question) throws IOException {
        try {
            String answer = AttachClient.ask(socket.toAbsolutePath(), question);
            if (JsonParser.parse(answer) instanceof JsonObject object) {
                return object;
            }
            throw new IOException("the agent at " + socket + " answered what is no object");
        } catch (LinuxException e) {
            throw new IOException(
                    "no agent answers on "
                            + socket
                            + " ("
                            + e.getMessage()
                            + "): does one run on this node, and are you root? Look with"
                            + " `systemctl status kakehashi-agent`; --socket names another place",
                    e);
        } catch (JsonException e) {
            throw new IOException("the agent at " + socket + " answered what is no JSON", e);
        }
    }
}
