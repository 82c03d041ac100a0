package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.plugins.peers.Difference.Area;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** docs/compatibility.md says what {@link Differences} and {@link Scenarios} say. */
class CompatibilityPageTest {

    /** With {@code -Dcompatibility.write=true} the page is written instead of compared. */
    private static final String WRITE = "compatibility.write";

    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/compatibility.md");

    @Test
    void page_isUpToDate() throws IOException {
        String page = page();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/compatibility.md; -D%s=true writes it", WRITE)
                .isEqualTo(page);
    }

    @Test
    void everyDifferenceThatNamesATest_namesOneThatExists() throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.walk(ROOT, 12)) {
            names =
                    files.map(path -> path.getFileName().toString())
                            .filter(name -> name.endsWith("Test.java"))
                            .toList();
        }
        for (Difference difference : Differences.all()) {
            if (!difference.test().isEmpty()) {
                assertThat(names).contains(difference.test() + ".java");
            }
        }
    }

    private static String page() {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Compatibility with the reference plugins

                        Kakehashi's plugins take the place of the plugins of
                        [github.com/containernetworking/plugins](https://github.com/containernetworking/plugins): the same configurations, \
                        results, kernel objects, names, files and locks, so that both can serve one host, and one can delete what the \
                        other has made.

                        This page lists every difference there is on purpose. It is written by a test from the table that the \
                        comparison uses: `make test-peers` plays each scenario below with the reference plugins 1.9.1, with those that \
                        Debian packages (older) and with Kakehashi's, each in fresh network namespaces, and compares field by field the \
                        results, the errors, and after ADD and after DEL what `ip -d link`, `ip address`, `ip route`, `nft list ruleset`, \
                        `iptables-save` and the switches below `/proc/sys/net` show. A difference that is not listed here fails the test, and \
                        so does one that is listed and not seen. Where a row names a test class, that test shows it.

                        """);
        for (Area area : Area.values()) {
            page.append("## ").append(area.title()).append("\n\n");
            page.append("| reference | Kakehashi | why | seen in |\n|---|---|---|---|\n");
            for (Difference difference : Differences.all()) {
                if (difference.area() == area) {
                    page.append("| ")
                            .append(cell(difference.theirs()))
                            .append(" | ")
                            .append(cell(difference.ours()))
                            .append(" | ")
                            .append(cell(difference.reason()))
                            .append(" | ")
                            .append(
                                    difference.test().isEmpty()
                                            ? "the comparison"
                                            : "`" + difference.test() + "`")
                            .append(" |\n");
                }
            }
            page.append('\n');
        }
        page.append(
                """
                ## The scenarios

                The VLANs of `bridge` are not among them, because they need a kernel that filters VLANs on bridges; `BridgeVlanTest` shows \
                what they make. Those of `vlan`, `ipvlan` and `dummy` are played in the virtual machine (`make test-vm`), whose \
                kernel makes such links.

                | scenario | version | configuration |
                |---|---|---|
                """);
        List<Scenario> all = new ArrayList<>(Scenarios.all());
        all.addAll(RareLinkScenarios.all());
        for (Scenario scenario : all) {
            page.append("| ")
                    .append(cell(scenario.name()))
                    .append(" | ")
                    .append(scenario.version())
                    .append(" | `")
                    .append(cell(scenario.keys()))
                    .append("` |\n");
        }
        return page.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
