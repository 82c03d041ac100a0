package dev.kakehashi.agent.install;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class LinkManagersTest {
    private static final Path DEPLOYED = Path.of("../deploy/host").toAbsolutePath().normalize();

    /**
     * A systemd-networkd in namespaces of its own that is told to manage every link. What it reads
     * is under RUN; without udev, as in a container, where /sys cannot be written.
     */
    private static final String NETWORKD =
            """
            mount --make-rprivate /
            mount -t tmpfs tmpfs /run
            mkdir -p /run/systemd/network /run/systemd/netif
            cp -r "$1"/. /run/
            printf '[Match]\\nName=*\\n[Network]\\nDHCP=no\\nLinkLocalAddressing=no\\n' >/run/systemd/network/99-all.network
            mount -t tmpfs tmpfs /etc/systemd
            mount -t sysfs -o ro sysfs /sys
            chown systemd-network:systemd-network /run/systemd/netif
            for name in flannel.1 veth0123abcd cni0 kakehashi-wg kkx0 other0; do
                ip link add "$name" type bridge
                ip link set "$name" up
            done
            SYSTEMD_LOG_TARGET=console timeout 4 /lib/systemd/systemd-networkd 2>&1
            """;

    @TempDir Path directory;
    private Path home;
    private Path run;

    @BeforeEach
    void build() throws IOException {
        home = directory.resolve("home");
        run = Files.createDirectories(directory.resolve("run"));
        try (Stream<Path> files = Files.walk(DEPLOYED)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = home.resolve("share/host").resolve(DEPLOYED.relativize(file));
                Files.createDirectories(to.resolveSibling(""));
                Files.copy(file, to);
            }
        }
    }

    @Test
    void onlyWhoRunsOnTheNodeIsTold_andOnce() throws Exception {
        LinkManagers managers = new LinkManagers(run);

        assertThat(managers.tell(home)).isEmpty();
        Files.createDirectory(run.resolve("systemd"));
        assertThat(managers.tell(home)).hasSize(3);
        assertThat(managers.tell(home)).isEmpty();
        Files.createDirectory(run.resolve("NetworkManager"));
        Path told = run.resolve("NetworkManager/conf.d/90-kakehashi.conf");
        assertThat(managers.tell(home)).containsExactly(told);
        assertThat(told).content().contains("unmanaged-devices+=interface-name:flannel.*");
        Files.writeString(told, "# of another release\n");
        assertThat(managers.tell(home)).containsExactly(told);
        assertThat(managers.told()).hasSize(4);
    }

    /** Both ways, so that a networkd that manages nothing does not pass for one that was told. */
    @Test
    @Tag("kernel")
    void networkd_leavesOurDevicesAlone_onceItWasTold() throws Exception {
        List<String> ours = List.of("flannel.1", "veth0123abcd", "cni0", "kakehashi-wg", "kkx0");

        assertThat(configured()).containsAll(ours).contains("other0");
        Files.createDirectory(run.resolve("systemd"));
        new LinkManagers(run).tell(home);
        assertThat(configured()).doesNotContainAnyElementsOf(ours).contains("other0");
    }

    /** The links that networkd configures. */
    private List<String> configured() throws Exception {
        Process process =
                new ProcessBuilder(
                                "unshare", "--net", "--mount", "sh", "-ec", NETWORKD, "sh",
                                "" + run)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        assertThat(said).contains("Enumeration completed");
        return said.lines()
                .filter(line -> line.contains(": Configuring with "))
                .map(line -> line.substring(0, line.indexOf(':')))
                .toList();
    }
}
