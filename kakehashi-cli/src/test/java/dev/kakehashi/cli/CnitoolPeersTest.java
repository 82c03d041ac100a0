package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/**
 * The reference's cnitool and ours run the same script side by side: output, exit status, calls of
 * plugins and cache files are the same, and each goes on with what the other has left.
 */
@Tag("peers")
@KernelTest
class CnitoolPeersTest {
    private static final Path REFERENCE =
            Path.of(System.getProperty("kakehashi.peers", ""), "bin", "cnitool");
    private static final Path OURS =
            Path.of(System.getProperty("kakehashi.dist", ""), "bin/cnitool");

    @TempDir Path folder;

    /** What a script prints with this tool as $FIRST and that as $SECOND. */
    private String run(TestNamespaces namespaces, Path first, Path second, String script)
            throws IOException {
        assumeThat(REFERENCE)
                .as("the reference's cnitool is below -Dkakehashi.peers")
                .isExecutable();
        assumeThat(OURS).as("cnitool is below -Dkakehashi.dist").isExecutable();
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path plugin = bin.resolve("note");
        // VERSION is no part of what is compared: only one of the two tools asks for it.
        Files.writeString(
                plugin,
                """
                #!/bin/sh
                echo "$CNI_COMMAND id=$CNI_CONTAINERID ns=$CNI_NETNS if=$CNI_IFNAME args=$CNI_ARGS" >>"$NOTES"
                cat | grep -o '"runtimeConfig":{[^}]*}' >>"$NOTES"
                [ $CNI_COMMAND != ADD ] || echo '{"cniVersion": "1.1.0",
                    "interfaces": [{"name": "'$CNI_IFNAME'", "sandbox": "'$CNI_NETNS'"}],
                    "ips": [{"interface": 0, "address": "10.1.2.3/24"}]}'
                [ $CNI_COMMAND != STATUS ] || { echo '{"code": 50, "msg": "not now", "details": "full"}'; exit 1; }
                """);
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path conf = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(
                conf.resolve("10-n.conflist"),
                """
                {"cniVersion": "1.1.0", "name": "n", "plugins": [
                    {"type": "note", "capabilities": {"mac": true}}, {"type": "note"}]}
                """);
        Path notes = folder.resolve("notes");
        Files.deleteIfExists(notes);
        String head =
                """
                mount -t tmpfs none /var/lib
                mkdir /var/lib/x && cd /var/lib/x
                export CNI_PATH=%s NETCONFPATH=%s NOTES=%s FIRST=%s SECOND=%s
                touch "$NOTES"
                t() { "$@" 2>&1; echo " status $?"; }
                """
                        .formatted(bin, conf, notes, first, second);
        String tail =
                "\nexec 2>&1; cat $NOTES; cd /var/lib; mkdir -p cni; find cni -type f -exec cat {} +\n";
        return TestNamespaces.run(
                namespaces.create(), "unshare", "--mount", "sh", "-c", head + script + tail);
    }

    private static String lines(String... lines) {
        return String.join("\n", Arrays.asList(lines));
    }

    @Test
    void sameScript_sameOutputCallsAndCache(TestNamespaces namespaces) throws Exception {
        String script =
                lines(
                        "t $FIRST add n ns1",
                        "CNI_IFNAME=net1 CNI_ARGS='A=1;B=2' t $FIRST add n ./ns1",
                        "CAP_ARGS='{\"mac\": \"02:00:00:00:00:01\"}' t $FIRST add n /a/b",
                        "find /var/lib/cni -type f | sort; stat -c %a /var/lib/cni/results/*",
                        "t $FIRST check n ns1",
                        "t $FIRST status n ns1",
                        "t $FIRST del n ns1",
                        "t $FIRST del n ns1",
                        "t $FIRST add none ns1",
                        "CNI_ARGS=A= t $FIRST add n ns1",
                        "NETCONFPATH=/nowhere t $FIRST add n ns1",
                        "CNI_PATH=/nowhere t $FIRST add n ns1",
                        "CNI_IFNAME=a/b t $FIRST add n ns1",
                        "CNI_IFNAME=abcdefghijklmnopq t $FIRST add n ns1");
        String theirs = run(namespaces, REFERENCE, REFERENCE, script);
        String ours = run(namespaces, OURS, OURS, script);
        assertThat(ours).isEqualTo(theirs);
        assertThat(ours).contains("id=cnitool-", "status 0", "status 1", "cniCacheV1");
    }

    @Test
    void gc_likeTheReference_removesAllOfTheNetwork(TestNamespaces namespaces) throws Exception {
        String script = "t $FIRST add n ns1; t $FIRST add n ns2; t $FIRST gc n ns1";
        assertThat(run(namespaces, OURS, OURS, script))
                .isEqualTo(run(namespaces, REFERENCE, REFERENCE, script));
    }

    @Test
    void eachGoesOn_withWhatTheOtherLeft(TestNamespaces namespaces) throws Exception {
        String script = "t $FIRST add n ns1; t $SECOND check n ns1; t $SECOND del n ns1";
        String alone = run(namespaces, REFERENCE, REFERENCE, script);
        assertThat(alone)
                .contains("CHECK id=cnitool-", "DEL id=cnitool-")
                .doesNotContain("cniCacheV1");
        assertThat(run(namespaces, REFERENCE, OURS, script)).isEqualTo(alone);
        assertThat(run(namespaces, OURS, REFERENCE, script)).isEqualTo(alone);
    }

    @Test
    void misuse_statusOfTheReference(TestNamespaces namespaces) throws Exception {
        String script = "for a in '' 'add' 'add n'; do $FIRST $a >/dev/null 2>&1; echo $?; done";
        assertThat(run(namespaces, OURS, OURS, script))
                .isEqualTo(run(namespaces, REFERENCE, REFERENCE, script));
    }
}
