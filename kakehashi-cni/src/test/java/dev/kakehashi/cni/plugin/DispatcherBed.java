package dev.kakehashi.cni.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/** A plugin behind a dispatcher, and what a runtime gives and gets. */
abstract class DispatcherBed {
    final RecordingPlugin plugin = new RecordingPlugin();
    final Map<String, String> environment =
            new HashMap<>(
                    Map.of(
                            "CNI_CONTAINERID", "some-container-id",
                            "CNI_NETNS", "/some/netns/path",
                            "CNI_IFNAME", "eth0",
                            "CNI_ARGS", "some;extra;args",
                            "CNI_PATH", "/some/cni/path:/other"));
    String stdin = "{\"name\": \"skel-test\", \"some\": \"config\", \"cniVersion\": \"1.1.0\"}";
    NetnsComparison netns = path -> false;
    String stdout = "";
    String stderr = "";

    int dispatch(String command) {
        return dispatch(command, new ByteArrayInputStream(stdin.getBytes(UTF_8)));
    }

    int dispatch(String command, InputStream in) {
        if (!command.isEmpty()) {
            environment.put("CNI_COMMAND", command);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status =
                PluginDispatcher.of(netns, ProcessDelegator.create())
                        .dispatch(
                                plugin,
                                new PluginCall(
                                        environment, in, out, new PrintStream(err, true, UTF_8)));
        stdout = out.toString(UTF_8);
        stderr = err.toString(UTF_8);
        return status;
    }

    void assertError(int code, String msg, String details) throws CniException {
        JsonObject error = JsonParser.parseObject(stdout);
        assertThat(error.integer("code", -1)).as(stdout).isEqualTo(code);
        assertThat(error.string("msg", "")).isEqualTo(msg);
        assertThat(error.string("details", "")).isEqualTo(details);
        assertThat(error.string("cniVersion", "")).isNotEmpty();
    }

    /** Standard input that cannot be read. */
    static final class BrokenInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("banana");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            throw new IOException("banana");
        }
    }
}
