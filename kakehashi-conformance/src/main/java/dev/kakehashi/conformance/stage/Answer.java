package dev.kakehashi.conformance.stage;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a plugin answered.
 *
 * @param command the CNI_COMMAND of the call
 * @param outcome how the process ended
 */
public record Answer(String command, ExecOutcome outcome) {
    /** What it printed on standard output. */
    public String stdout() {
        return new String(outcome.stdout(), StandardCharsets.UTF_8);
    }

    /** Whether it exited with 0. */
    public boolean succeeded() {
        return outcome.exitStatus() == 0;
    }

    /** What was seen, in one line. */
    public String seen() {
        String stderr = new String(outcome.stderr(), StandardCharsets.UTF_8).strip();
        String out = stdout().strip();
        return "exit status "
                + outcome.exitStatus()
                + (out.isEmpty() ? ", nothing on standard output" : ", " + oneLine(out))
                + (out.isEmpty() && !stderr.isEmpty()
                        ? ", on standard error: " + oneLine(stderr)
                        : "");
    }

    private static String oneLine(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining(" "));
    }

    /** Requires success. */
    public Answer ok() throws Mismatch {
        if (!succeeded()) {
            throw Mismatch.of(command + " succeeds", seen());
        }
        return this;
    }

    /** Requires success and silence (SPEC section 4: DEL, CHECK, STATUS and GC have no output). */
    public Answer silent() throws Mismatch {
        ok();
        if (!stdout().isBlank()) {
            throw Mismatch.of(command + " prints nothing on standard output", seen());
        }
        return this;
    }

    /** Requires failure with an error object on standard output. */
    public Answer failed() throws Mismatch {
        if (succeeded()) {
            throw Mismatch.of(command + " fails", seen());
        }
        error();
        return this;
    }

    /** Requires failure with one of these codes. */
    public Answer failed(long... codes) throws Mismatch {
        failed();
        long code = code();
        if (Arrays.stream(codes).noneMatch(wanted -> wanted == code)) {
            String wanted =
                    Arrays.stream(codes)
                            .mapToObj(Long::toString)
                            .collect(Collectors.joining(" or "));
            throw Mismatch.of(command + " fails with code " + wanted, seen());
        }
        return this;
    }

    /** Requires that the error speaks of something. */
    public Answer mentions(String text) throws Mismatch {
        JsonObject error = error();
        try {
            if (!(error.string("msg", "") + " " + error.string("details", "")).contains(text)) {
                throw Mismatch.of("the error's msg or details name " + text, seen());
            }
        } catch (JsonException e) {
            throw Mismatch.of("an error object with texts msg and details", seen());
        }
        return this;
    }

    /** The error object. */
    public JsonObject error() throws Mismatch {
        try {
            JsonObject error = JsonParser.parseObject(outcome.stdout());
            if (!(error.find("code").orElse(JsonObject.EMPTY) instanceof JsonNumber)
                    || error.string("msg").isEmpty()) {
                throw Mismatch.of("an error object with a number code and a text msg", seen());
            }
            return error;
        } catch (JsonException e) {
            throw Mismatch.of("an error object on standard output", seen());
        }
    }

    private long code() throws Mismatch {
        try {
            return error().integer("code").orElse(-1);
        } catch (JsonException e) {
            throw Mismatch.of("an error object with an integer code", seen());
        }
    }

    /** The printed object. */
    public JsonObject json() throws Mismatch {
        try {
            return JsonParser.parseObject(outcome.stdout());
        } catch (JsonException e) {
            throw Mismatch.of("a JSON object on standard output", seen());
        }
    }

    /** The result of ADD, in the encoding of a version and no other. */
    public CniResult result(String version) throws Mismatch {
        ok();
        JsonObject json = json();
        String named = cniVersion(json).orElse("");
        if (!named.equals(version)) {
            throw Mismatch.of("a result whose cniVersion is " + version, seen());
        }
        try {
            return ResultCodec.decode(version, json);
        } catch (CniException e) {
            throw Mismatch.of(
                    "a result in the form of version " + version, e.getMessage() + ": " + seen());
        }
    }

    private static Optional<String> cniVersion(JsonObject json) {
        try {
            return json.string("cniVersion");
        } catch (JsonException e) {
            return Optional.empty();
        }
    }
}
