package dev.kakehashi.cli;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.lab.Lab;
import dev.kakehashi.lab.LabStatus;
import dev.kakehashi.lab.PathStep;
import dev.kakehashi.lab.Progress;
import dev.kakehashi.lab.ReachReport;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/** Prints what is known of a lab, as tables or for programs. */
final class LabReport {
    private final Lab lab;
    private final OutputFormat format;
    private final PrintStream out = System.out;

    LabReport(Lab lab, OutputFormat format) {
        this.lab = lab;
        this.format = format;
    }

    /**
     * Status and reachability.
     *
     * @return the exit status: 0 when all is reached under the right addresses
     */
    int all(Progress progress) throws IOException {
        ReachReport reach = lab.reach(progress);
        LabStatus status = lab.status();
        if (format.forPrograms()) {
            format.print(out, json(status).with("reachability", json(reach)));
        } else {
            print(status);
            out.println();
            new ReachTables(reach, out).print();
        }
        return reach.ok() ? 0 : 1;
    }

    void status() throws IOException {
        LabStatus status = lab.status();
        if (format.forPrograms()) {
            format.print(out, json(status));
        } else {
            print(status);
        }
    }

    int reach(Progress progress) throws IOException {
        ReachReport reach = lab.reach(progress);
        if (format.forPrograms()) {
            format.print(out, json(reach));
        } else {
            new ReachTables(reach, out).print();
        }
        return reach.ok() ? 0 : 1;
    }

    void added(String node, String pod) throws IOException {
        LabStatus.Pod added = lab.addPod(node, pod);
        if (format.forPrograms()) {
            format.print(out, json(added));
        } else {
            Table.of("POD", "NODE", "ADDRESS")
                    .row(added.name(), added.node(), added.address())
                    .print(out);
        }
    }

    void explain(String from, String to) throws IOException {
        List<PathStep> steps = lab.explain(from, to);
        String target = lab.addressOf(to);
        if (format.forPrograms()) {
            format.print(
                    out,
                    JsonObject.builder()
                            .put("from", from)
                            .put("to", target)
                            .put("steps", list(steps, LabReport::json))
                            .build());
        } else {
            print(steps, lab.addressOf(from), target.equals(to) ? to : to + " (" + target + ")");
        }
    }

    private void print(List<PathStep> steps, String source, String target) {
        out.println(Style.STRONG.of("from " + source + " to " + target));
        int width = steps.stream().mapToInt(step -> step.where().length()).max().orElse(0);
        int number = 1;
        for (PathStep step : steps) {
            String place = step.where() + " ".repeat(width - step.where().length());
            String count = (number < 10 ? " " : "") + number++;
            out.println(count + "  " + Style.NOTABLE.of(place) + "  " + step.what());
            if (!step.command().isEmpty()) {
                out.println(" ".repeat(width + 6) + Style.FAINT.of("$ " + step.command()));
            }
        }
    }

    private static JsonObject json(PathStep step) {
        return JsonObject.builder()
                .put("where", step.where())
                .put("what", step.what())
                .putUnlessEmpty("command", step.command())
                .build();
    }

    private void print(LabStatus status) {
        Table nodes = Table.of("NODE", "ADDRESS", "PODS", "AGENT", "NAMESPACE");
        status.nodes()
                .forEach(n -> nodes.row(n.name(), n.address(), n.podCidr(), n.agent(), n.netns()));
        nodes.print(out);
        out.println();
        Table pods = Table.of("POD", "NODE", "ADDRESS");
        status.pods().forEach(p -> pods.row(p.name(), p.node(), p.address()));
        pods.print(out);
    }

    private static JsonObject json(LabStatus status) {
        return JsonObject.builder()
                .put("name", status.name())
                .put("carrier", status.carrier())
                .put("nodes", list(status.nodes(), LabReport::json))
                .put("pods", list(status.pods(), LabReport::json))
                .build();
    }

    private static JsonObject json(LabStatus.Node node) {
        return JsonObject.builder()
                .put("name", node.name())
                .put("address", node.address())
                .put("podCIDR", node.podCidr())
                .put("agent", node.agent())
                .put("netns", node.netns())
                .build();
    }

    private static JsonObject json(LabStatus.Pod pod) {
        return JsonObject.builder()
                .put("name", pod.name())
                .put("node", pod.node())
                .put("address", pod.address())
                .build();
    }

    private static JsonObject json(ReachReport reach) {
        return JsonObject.builder()
                .put("ok", reach.ok())
                .put("probes", list(reach.cells(), LabReport::json))
                .build();
    }

    private static JsonObject json(ReachReport.Cell cell) {
        return JsonObject.builder()
                .put("from", cell.from())
                .put("to", cell.to())
                .put("way", cell.way().toString())
                .put("result", cell.result().toString())
                .put("expectedSource", cell.expectedSource())
                .putUnlessEmpty("seenSource", cell.seenSource())
                .putUnlessZero("microseconds", cell.microseconds())
                .build();
    }

    private static <T> JsonArray list(List<T> values, Function<T, JsonObject> toJson) {
        return JsonArray.of(values.stream().map(toJson).toArray(JsonValue[]::new));
    }
}
