package dev.kakehashi.cli;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.agent.bird.BirdControl;
import dev.kakehashi.agent.bird.BirdFiles;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi bgp}. */
@Command(
        name = "bgp",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the BGP sessions of this node.",
            "Exit status 0 when every one is established, 1 when one is not."
        })
final class BgpCommand implements Callable<Integer> {
    @Option(
            names = "--state",
            paramLabel = "DIRECTORY",
            defaultValue = "/var/lib/kakehashi",
            description = "What the agent keeps over restarts (default: ${DEFAULT-VALUE}).")
    Path stateDirectory = Path.of("");

    @Mixin OutputOption output = new OutputOption();
    @Mixin WatchOption watch = new WatchOption();

    @Override
    public Integer call() throws Exception {
        return watch.show(output.format, this::view);
    }

    private View view() throws IOException {
        List<BgpSession> sessions = sessions();
        return new View(
                json(sessions),
                (format, out) -> table(sessions, format).print(out),
                sessions.stream().allMatch(BgpSession::isEstablished) ? 0 : 1);
    }

    private List<BgpSession> sessions() throws IOException {
        Path socket = BirdFiles.of(stateDirectory).socket();
        try (BirdControl control = BirdControl.connect(socket)) {
            return control.sessions();
        } catch (dev.kakehashi.linux.LinuxException e) {
            throw new IOException(
                    "no BIRD answers on "
                            + socket
                            + " ("
                            + e.getMessage()
                            + "): the carrier of this node is not bgp, or --state is another"
                            + " directory",
                    e);
        }
    }

    private static Table table(List<BgpSession> sessions, OutputFormat format) {
        List<String> heads =
                new ArrayList<>(
                        List.of(
                                "PEER",
                                "ADDRESS",
                                "AS",
                                "STATE",
                                "SINCE",
                                "RECEIVED",
                                "SENT",
                                "LAST-ERROR"));
        boolean wide = format == OutputFormat.WIDE;
        if (wide) {
            heads.addAll(List.of("LOCAL-AS", "PROTOCOL"));
        }
        Table table = Table.of(heads);
        for (BgpSession s : sessions) {
            List<Object> cells =
                    new ArrayList<>(
                            List.of(
                                    s.peer(),
                                    s.address(),
                                    s.asNumber(),
                                    new Table.Cell(
                                            s.state(), s.isEstablished() ? Style.GOOD : Style.BAD),
                                    s.since(),
                                    s.received(),
                                    s.sent(),
                                    s.lastError()));
            if (wide) {
                cells.addAll(List.of(s.localAsNumber(), s.protocol()));
            }
            table.row(cells.toArray());
        }
        return table;
    }

    private static JsonObject json(List<BgpSession> sessions) {
        return JsonObject.builder()
                .put(
                        "sessions",
                        JsonArray.of(
                                sessions.stream().map(BgpCommand::json).toArray(JsonValue[]::new)))
                .build();
    }

    private static JsonObject json(BgpSession s) {
        return JsonObject.builder()
                .put("peer", s.peer())
                .put("address", s.address())
                .put("asNumber", s.asNumber())
                .put("localAsNumber", s.localAsNumber())
                .put("state", s.state())
                .put("since", s.since())
                .put("received", s.received())
                .put("sent", s.sent())
                .put("lastError", s.lastError())
                .put("protocol", s.protocol())
                .build();
    }
}
