package dev.kakehashi.cni.exec;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonNull;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.result.ErrorCodec;
import dev.kakehashi.cni.result.ResultCodec;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Runs a plugin and makes sense of what it prints, as the reference library does. */
public final class PluginInvoker {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final PluginExec exec;
    private final PrintStream log;

    private PluginInvoker(PluginExec exec, PrintStream log) {
        this.exec = exec;
        this.log = log;
    }

    /**
     * An invoker.
     *
     * @param exec runs the binaries
     * @param log where their standard error goes
     */
    public static PluginInvoker of(PluginExec exec, PrintStream log) {
        return new PluginInvoker(exec, log);
    }

    /**
     * Runs a binary and returns its standard output.
     *
     * @throws CniException the error object it printed when it failed, or one that tells what else
     *     it said
     */
    public byte[] invoke(String binary, Map<String, String> environment, byte[] stdin)
            throws CniException {
        ExecOutcome outcome = exec.run(binary, environment, stdin);
        if (outcome.stderr().length > 0) {
            log.write(outcome.stderr(), 0, outcome.stderr().length);
            log.flush();
        }
        if (outcome.exitStatus() != 0) {
            throw failure(outcome);
        }
        return outcome.stdout();
    }

    private static CniException failure(ExecOutcome outcome) {
        String status = "exit status " + outcome.exitStatus();
        if (outcome.stdout().length == 0) {
            return new CniException(
                    CniException.UNKNOWN,
                    outcome.stderr().length == 0
                            ? "netplugin failed with no error message: " + status
                            : "netplugin failed: " + quote(outcome.stderr()) + ": " + status);
        }
        try {
            return ErrorCodec.decode(JsonParser.parseObject(outcome.stdout()));
        } catch (JsonException e) {
            return new CniException(
                    CniException.UNKNOWN,
                    "netplugin failed but error parsing its diagnostic message "
                            + quote(outcome.stdout())
                            + ": "
                            + e.msg(),
                    e);
        }
    }

    /**
     * Reads what ADD printed. A result without a version has the configuration's.
     *
     * @param configVersion the version of the configuration the plugin was given
     * @return the result, in the encoding of the configuration's version
     * @throws CniException code 6 when it is no result
     */
    public static JsonObject readResult(String configVersion, byte[] stdout) throws CniException {
        JsonObject json;
        try {
            JsonValue value = JsonParser.parse(stdout);
            json = value == JsonNull.NULL ? JsonObject.EMPTY : JsonParser.asObject(value);
        } catch (JsonException e) {
            throw e.because("failed to unmarshal raw result");
        }
        String named =
                json.find("cniVersion").orElse(JsonNull.NULL) instanceof JsonString string
                        ? string.value()
                        : "";
        if (named.isEmpty()) {
            named = configVersion;
            json = json.with("cniVersion", new JsonString(configVersion));
        }
        return ResultCodec.convert(json, named, configVersion);
    }

    /** Go's {@code %q}: what a person can read on one line. */
    private static String quote(byte[] text) {
        StringBuilder out = new StringBuilder("\"");
        String string = new String(text, StandardCharsets.UTF_8);
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append("\\x").append(HEX[c >> 4]).append(HEX[c & 0xf]);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
