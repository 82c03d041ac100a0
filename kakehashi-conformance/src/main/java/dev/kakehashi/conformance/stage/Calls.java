package dev.kakehashi.conformance.stage;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.ProcessPluginExec;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The runtime on a stage's node: it calls the plugin under test, and remembers the results as SPEC
 * section 4 asks a runtime to. Calls may be made at the same time.
 */
final class Calls {
    private final Target target;
    private final Place node;
    private final Path delegates;
    private final Map<String, JsonObject> results = new ConcurrentHashMap<>();
    private volatile Optional<Request> last = Optional.empty();
    private volatile JsonObject config = JsonObject.EMPTY;

    /**
     * None yet.
     *
     * @param delegates a folder of CNI_PATH before the plugin's own
     */
    Calls(Target target, Place node, Path delegates) {
        this.target = target;
        this.node = node;
        this.delegates = delegates;
    }

    /** Has further calls use a configuration. */
    void use(JsonObject other) {
        config = other;
    }

    /** A call that is about no attachment, with all that SPEC "Parameters" asks for. */
    Request request(CniCommand command) {
        Request request =
                new Request(command, config)
                        .with("cniVersion", target.version())
                        .with("name", Stage.NETWORK)
                        .set("CNI_PATH", delegates + ":" + target.folder());
        if (config.find("type").isEmpty()) {
            request.with("type", target.type());
        }
        return request;
    }

    /** A call about an attachment; CHECK and DEL have the last result. */
    Request request(CniCommand command, Pod pod, String ifName) {
        Request request =
                request(command)
                        .set("CNI_CONTAINERID", pod.id())
                        .set("CNI_NETNS", pod.path())
                        .set("CNI_IFNAME", ifName);
        Optional<JsonObject> known = known(pod, ifName);
        boolean chained = target.profile().role() == Role.CHAINED;
        if (known.isPresent() && (chained || command != CniCommand.ADD)) {
            request.with("prevResult", known.get());
        }
        return request;
    }

    /** Executes a call on the node. */
    Answer call(Request request) throws IOException {
        last = Optional.of(request);
        Map<String, String> environment = new HashMap<>(target.programEnvironment());
        environment.putAll(request.variables());
        try {
            ExecOutcome outcome =
                    node.netns()
                            .<ExecOutcome, CniException>call(() ->
                                    ProcessPluginExec.withTimeout(target.timeout())
                                            .run(
                                                    target.binary().toString(),
                                                    environment,
                                                    request.stdinBytes()));
            return new Answer(request.variables().getOrDefault("CNI_COMMAND", "the call"), outcome);
        } catch (CniException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The call that was made last, as a line for a shell. */
    String last() {
        return last.map(request -> request.shell(target.binary().toString())).orElse("");
    }

    /** ADD of the attachment that the call names; the result is remembered for later calls. */
    CniResult add(Request request) throws IOException, Mismatch {
        Answer answer = call(request);
        CniResult result = answer.result(target.version());
        Map<String, String> variables = request.variables();
        results.put(
                key(
                        variables.getOrDefault("CNI_CONTAINERID", ""),
                        variables.getOrDefault("CNI_IFNAME", "")),
                answer.json());
        return result;
    }

    /** Takes a result for that of an attachment, as that of a plugin before. */
    void know(Pod pod, String ifName, CniResult result) throws CniException {
        results.put(key(pod.id(), ifName), ResultCodec.encode(result, target.version()));
    }

    /** The result that was last known of an attachment. */
    Optional<JsonObject> known(Pod pod, String ifName) {
        return Optional.ofNullable(results.get(key(pod.id(), ifName)));
    }

    private static String key(String containerId, String ifName) {
        return containerId + "/" + ifName;
    }
}
