package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.store.StoreAddress;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Map;

class KubernetesOptionsTest {
    private static final Map<String, String> POD =
            Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "6443");

    private static KubernetesOptions of(String address, Map<String, String> environment) {
        return KubernetesOptions.of(StoreAddress.parse(address), environment);
    }

    @Test
    void addressWithoutServer_isTheEnvironments() {
        assertThat(of("kubernetes://", POD).server()).isEqualTo("10.0.0.1:6443");
        assertThat(of("kubernetes://", Map.of("KUBERNETES_SERVICE_HOST", "fd00::1")).server())
                .isEqualTo("[fd00::1]:443");
    }

    @Test
    void givenServer_isNotTheEnvironments() {
        assertThat(of("kubernetes://192.0.2.1:6443", POD).server()).isEqualTo("192.0.2.1:6443");
    }

    @Test
    void kubeconfig_saysTheServer() {
        KubernetesOptions options = of("kubernetes://?kubeconfig=/etc/kubeconfig", POD);

        assertThat(options.server()).isEmpty();
        assertThat(options.kubeconfig()).contains(Path.of("/etc/kubeconfig"));
        assertThat(options.tokenFile()).isEmpty();
    }

    @Test
    void noServerAtAll_isRefusedWithWhatToDo() {
        assertThatThrownBy(() -> of("kubernetes://", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kubernetes://HOST:PORT")
                .hasMessageContaining("KUBERNETES_SERVICE_HOST");
        assertThatThrownBy(() -> of("kubernetes://user@host:1", POD))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
