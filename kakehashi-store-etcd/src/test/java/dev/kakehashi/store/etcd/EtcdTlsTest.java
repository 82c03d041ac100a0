package dev.kakehashi.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stores;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Who may speak to etcd, on real servers. */
@Tag("peers")
class EtcdTlsTest {
    @TempDir Path directory;

    private Store open(String text) throws StoreException {
        return Stores.open(StoreAddress.parse(text));
    }

    @Test
    void tlsWithCertificatesOnBothSides_isSpoken_andOthersAreRefused() throws Exception {
        PemPair server = PemPair.make(directory, "server");
        PemPair client = PemPair.make(directory, "client");
        PemPair stranger = PemPair.make(directory, "stranger");
        List<String> tls =
                List.of(
                        "--cert-file",
                        server.certificate().toString(),
                        "--key-file",
                        server.key().toString(),
                        "--client-cert-auth",
                        "--trusted-ca-file",
                        client.certificate().toString());
        try (EtcdServer etcd = EtcdServer.start(directory, tls)) {
            String address = "etcd://" + etcd.authority() + "/k";
            String known = "?ca=" + server.certificate();
            try (Store store = open(address + known + client.options());
                    Store without = open(address + known);
                    Store wrong = open(address + known + stranger.options());
                    Store distrustful = open(address + "?ca=" + stranger.certificate());
                    Store plain = open(address)) {
                assertThat(store.create(Kind.NODE, Node.named("a")).object().name()).isEqualTo("a");
                for (Store refused : List.of(without, wrong, distrustful, plain)) {
                    assertThatThrownBy(() -> refused.list(Kind.NODE))
                            .isInstanceOf(StoreException.class)
                            .hasMessageContaining(etcd.authority())
                            .hasMessageContaining("cannot list nodes");
                }
            }
        }
    }

    @Test
    void userAndPassword_areAskedFor_andRightsAreKept() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "secret\n");
        Path wrong = Files.writeString(directory.resolve("wrong"), "guess\n");
        try (EtcdServer etcd = EtcdServer.start(directory, List.of())) {
            etcd.control("user", "add", "root:rootpw");
            etcd.control("user", "add", "kakehashi:secret");
            etcd.control("role", "add", "pods");
            etcd.control("role", "grant-permission", "pods", "--prefix", "readwrite", "/kakehashi");
            etcd.control("user", "grant-role", "kakehashi", "pods");
            etcd.control("user", "grant-role", "root", "root");
            etcd.control("auth", "enable");
            String address = "etcd://" + etcd.authority();
            String user = "?user=kakehashi&password-file=";
            try (Store store = open(address + user + password);
                    Store guessed = open(address + user + wrong);
                    Store nobody = open(address);
                    Store elsewhere = open(address + "/other" + user + password)) {
                assertThat(store.create(Kind.NODE, Node.named("a")).object().name()).isEqualTo("a");
                assertThat(store.list(Kind.NODE).objects()).hasSize(1);
                assertThatThrownBy(() -> guessed.list(Kind.NODE))
                        .hasMessageContaining("authentication failed");
                assertThatThrownBy(() -> nobody.list(Kind.NODE))
                        .hasMessageContaining("user name is empty");
                assertThatThrownBy(() -> elsewhere.list(Kind.NODE))
                        .hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    void filesThatAreMissing_areNamed() {
        assertThatThrownBy(() -> open("etcd://127.0.0.1:1?ca=/nowhere/ca.pem"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/nowhere/ca.pem");
        assertThatThrownBy(() -> open("etcd://127.0.0.1:1?user=a&password-file=/nowhere/pw"))
                .hasMessageContaining("/nowhere/pw does not exist");
    }
}
