package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.carrier.NodeTunnelKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

class TunnelKeyFileTest {
    @TempDir Path directory;

    private Path file() {
        return directory.resolve("state/wireguard.key");
    }

    private TunnelKeyFile keys() {
        return new TunnelKeyFile(directory.resolve("state"), TunnelDevice.FIRST);
    }

    @Test
    void key_isForItsOwnerOnly() throws Exception {
        NodeTunnelKey made = keys().make();

        assertThat(keys().read()).contains(made);
        assertThat(Files.readString(file())).isEqualTo(made.key().base64() + "\n");
        assertThat(Files.getPosixFilePermissions(file()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "AAAA"})
    void fileWithoutKey_isNamed(String content) throws Exception {
        Files.createDirectories(directory.resolve("state"));
        Files.writeString(file(), content);

        assertThatThrownBy(() -> keys().read())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file() + " holds no WireGuard key: ")
                .hasMessageEndingWith("; remove it to have another made");
        assertThat(Files.readString(file())).isEqualTo(content);
    }

    @Test
    void noFile_isNoKey() throws Exception {
        assertThat(keys().read()).isEmpty();
    }
}
