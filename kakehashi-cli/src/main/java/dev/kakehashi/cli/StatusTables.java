package dev.kakehashi.cli;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an agent says of itself, for people. Only the wide form has numbers that move by themselves.
 */
final class StatusTables {
    private record Line(String name, String text, Style style, boolean wide) {}

    private final List<Line> lines = new ArrayList<>();
    private final Table addresses =
            Table.of("SUBNET", "POOL", "ADDRESSES", "IN USE", "FREE", "STATE");
    private final Table heals = Table.of("HEALED", "WHAT");
    private final Table calls = Table.of("CALL", "PLUGIN", "RESULT", "COUNT", "MEAN");
    private final List<String> problems = new ArrayList<>();
    private boolean hasAddresses;
    private boolean hasHeals;
    private boolean hasCalls;

    private StatusTables() {}

    /**
     * Reads what the agent said.
     *
     * @throws JsonException when it is of another form
     */
    static StatusTables of(JsonObject status) throws JsonException {
        StatusTables tables = new StatusTables();
        tables.agent(status);
        Optional<JsonObject> node = status.object("node");
        if (node.isPresent()) {
            tables.node(node.get());
        } else {
            tables.line("Node", "none: this agent only answers CNI plugins");
        }
        return tables;
    }

    private void line(String name, String text) {
        lines.add(new Line(name, text, Style.PLAIN, false));
    }

    private void agent(JsonObject status) throws JsonException {
        line(
                "Agent",
                status.string("version", "")
                        + ", process "
                        + status.integer("pid", 0)
                        + ", since "
                        + seconds(status.string("started", "")));
        lines.add(
                new Line(
                        "Memory",
                        status.integer("residentBytes").orElse(0) / (1 << 20) + " MiB",
                        Style.PLAIN,
                        true));
        boolean ready = status.bool("ready", false);
        List<String> why = new ArrayList<>();
        for (JsonObject check : status.objects("checks")) {
            if (!check.bool("ok", true)) {
                why.add(check.string("name", "") + ": " + check.string("message", ""));
            }
        }
        lines.add(
                new Line(
                        "Ready",
                        ready ? "yes" : "no; " + String.join("; ", why),
                        ready ? Style.GOOD : Style.BAD,
                        false));
        for (JsonObject call : status.objects("calls")) {
            long count = call.integer("count").orElse(0);
            long mean = count == 0 ? 0 : call.integer("microseconds").orElse(0) / count;
            calls.row(
                    call.string("command", ""),
                    call.string("plugin", ""),
                    call.string("result", ""),
                    count,
                    mean + " us");
            hasCalls = true;
        }
    }

    private void node(JsonObject node) throws JsonException {
        line("Node", node.string("name", ""));
        String cidrs = String.join(", ", node.strings("cidrs"));
        line("Network", node.string("network", "") + (cidrs.isEmpty() ? "" : " (" + cidrs + ")"));
        if (!node.string("carrier", "").isEmpty()) {
            line(
                    "Carrier",
                    node.string("carrier", "") + ", pods' MTU " + node.integer("podMTU", 0));
        }
        Optional<JsonObject> underlay = node.object("underlay");
        if (underlay.isPresent()) {
            line(
                    "Underlay",
                    underlay.get().string("device", "")
                            + " "
                            + String.join(", ", underlay.get().strings("addresses"))
                            + ", MTU "
                            + underlay.get().integer("mtu", 0));
        }
        store(node.object("store").orElse(JsonObject.EMPTY));
        JsonObject peers = node.object("peers").orElse(JsonObject.EMPTY);
        line("Peers", peers.isEmpty() ? "none" : numbers(peers));
        JsonObject attachments = node.object("attachments").orElse(JsonObject.EMPTY);
        line("Attachments", attachments.isEmpty() ? "unknown" : numbers(attachments));
        sessions(node.objects("bgpSessions"));
        for (JsonObject range : node.objects("addresses")) {
            addresses.row(
                    range.string("cidr", ""),
                    range.string("pool", ""),
                    range.integer("addresses").orElse(0),
                    range.integer("inUse").orElse(0),
                    range.integer("free").orElse(0),
                    state(range));
            hasAddresses = true;
        }
        for (JsonObject heal : node.object("heals").orElse(JsonObject.EMPTY).objects("last")) {
            heals.row(seconds(heal.string("at", "")), heal.string("what", ""));
            hasHeals = true;
        }
        problems.addAll(node.strings("problems"));
    }

    /** An agent of an earlier release says of a range only whether it is leaving. */
    private static String state(JsonObject range) throws JsonException {
        return range.string("state", range.bool("leaving", false) ? "leaving" : "held");
    }

    private void store(JsonObject store) throws JsonException {
        boolean reachable = store.bool("reachable", false);
        lines.add(
                new Line(
                        "Store",
                        store.string("address", "")
                                + (reachable
                                        ? ""
                                        : ", not reachable: " + store.string("lastError", "")),
                        reachable ? Style.PLAIN : Style.BAD,
                        false));
        lines.add(
                new Line(
                        "Store lag",
                        store.integer("lagMilliseconds").orElse(0) + " ms",
                        Style.PLAIN,
                        true));
    }

    private void sessions(List<JsonObject> sessions) throws JsonException {
        int established = 0;
        for (JsonObject session : sessions) {
            established += session.string("state", "").equals("Established") ? 1 : 0;
        }
        if (!sessions.isEmpty()) {
            line("BGP", established + " of " + sessions.size() + " sessions established");
        }
    }

    /** As in {@code host-gw 2, vxlan 1}. */
    private static String numbers(JsonObject counts) {
        return counts.members().stream()
                .map((JsonMember member) -> member.name() + " " + member.value())
                .collect(Collectors.joining(", "));
    }

    /** Nobody needs its microseconds. */
    private static String seconds(String instant) {
        int dot = instant.indexOf('.');
        return dot < 0 ? instant : instant.substring(0, dot) + "Z";
    }

    void print(OutputFormat format, PrintStream out) {
        boolean wide = format == OutputFormat.WIDE;
        int width = lines.stream().mapToInt(line -> line.name().length()).max().orElse(0) + 3;
        for (Line line : lines) {
            if (!line.wide() || wide) {
                out.println(
                        Style.STRONG.of(line.name())
                                + " ".repeat(width - line.name().length())
                                + line.style().of(line.text()));
            }
        }
        table(hasAddresses, addresses, out);
        table(hasHeals, heals, out);
        table(hasCalls && wide, calls, out);
        out.println();
        if (problems.isEmpty()) {
            out.println("No problems.");
        }
        for (String problem : problems) {
            out.println(Style.BAD.of("Problem: ") + problem);
        }
    }

    private static void table(boolean wanted, Table table, PrintStream out) {
        if (wanted) {
            out.println();
            table.print(out);
        }
    }
}
