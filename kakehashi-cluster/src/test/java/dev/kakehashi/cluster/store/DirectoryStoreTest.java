package dev.kakehashi.cluster.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.Problem;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

class DirectoryStoreTest extends StoreContract {
    private static final String A =
            """
            # rack 4
            apiVersion: v1
            kind: Node
            metadata:
              name: a
              annotations:
                test/value: "1"   # by hand
            """;

    @TempDir Path root;
    private final List<Store> opened = new ArrayList<>();

    @Override
    protected Store open() throws StoreException {
        Store store = DirectoryStore.open(root);
        opened.add(store);
        return store;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Store::close);
    }

    private Path file(String name) {
        return root.resolve("nodes").resolve(name);
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(root.resolve("nodes"));
        Files.writeString(file(name), text);
    }

    private BlockingQueue<StoreEvent<Node>> events(Store store) throws StoreException {
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        store.watch(Kind.NODE, store.list(Kind.NODE).revision(), events::add);
        return events;
    }

    private static StoreEvent<Node> next(BlockingQueue<StoreEvent<Node>> events)
            throws InterruptedException {
        StoreEvent<Node> event = events.poll(5, TimeUnit.SECONDS);
        assertThat(event).as("an event within 5 s").isNotNull();
        return java.util.Objects.requireNonNull(event);
    }

    @Test
    void handWrittenFile_isAnObject() throws Exception {
        write("a.yaml", A);

        assertThat(open().find(Kind.NODE, "a").orElseThrow().object().metadata().annotations())
                .containsEntry("test/value", "1");
    }

    @Test
    void handEdit_isReportedWithin200Milliseconds() throws Exception {
        write("a.yaml", A);
        var events = events(open());

        for (int i = 2; i < 12; i++) {
            long start = System.nanoTime();
            write("a.yaml", A.replace("\"1\"", "\"" + i + "\""));
            assertThat(next(events)).isInstanceOf(StoreEvent.Put.class);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(400);
        }
    }

    @Test
    void brokenFile_isReportedWithTheReasonAndTheLastGoodStateStays() throws Exception {
        write("a.yaml", A);
        Store store = open();
        var events = events(store);

        write("a.yaml", A.replace("kind: Node", "kind: Noodle"));

        assertThat(next(events))
                .isEqualTo(
                        new StoreEvent.Broken<Node>(
                                new Rejected(
                                        "a",
                                        List.of(
                                                new Problem(
                                                        "nodes/a.yaml",
                                                        3,
                                                        "kind",
                                                        "must be Node, not 'Noodle'")))));
        Listing<Node> listing = store.list(Kind.NODE);
        assertThat(listing.objects()).hasSize(1);
        assertThat(listing.rejected()).extracting(Rejected::name).containsExactly("a");
        assertThatThrownBy(() -> store.find(Kind.NODE, "a"))
                .isInstanceOf(StoreException.class)
                .hasMessage("nodes/a.yaml:3: kind: must be Node, not 'Noodle'");

        write("a.yaml", A);
        assertThat(next(events)).isInstanceOf(StoreEvent.Put.class);
        assertThat(store.list(Kind.NODE).rejected()).isEmpty();
    }

    @Test
    void brokenFromTheStart_isListedAsRejectedOnly() throws Exception {
        write("a.yaml", "a: [");
        Listing<Node> listing = open().list(Kind.NODE);

        assertThat(listing.objects()).isEmpty();
        assertThat(listing.rejected()).hasSize(1);
    }

    @Test
    void brokenFile_isNeverOverwritten() throws Exception {
        write("a.yaml", A);
        Store store = open();
        Stored<Node> a = store.find(Kind.NODE, "a").orElseThrow();
        String broken = A + "oops";
        write("a.yaml", broken);

        assertThatThrownBy(() -> store.replace(Kind.NODE, a.object(), a.version()))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> store.create(Kind.NODE, a.object()))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> store.update(Kind.NODE, "a", StoreContract::incremented))
                .isInstanceOf(StoreException.class);
        assertThat(file("a.yaml")).hasContent(broken);
    }

    @Test
    void fileWrittenInSteps_isReportedOnceWhenWhole() throws Exception {
        Store store = open();
        var events = events(store);

        write("a.yaml", "");
        Thread.sleep(20);
        write("a.yaml", A.substring(0, 40));
        Thread.sleep(20);
        write("a.yaml", A);

        assertThat(next(events)).isInstanceOf(StoreEvent.Put.class);
        assertThat(events.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void fileMovedAwayAndWrittenAnew_isNotARemoval() throws Exception {
        write("a.yaml", A);
        var events = events(open());

        Files.move(file("a.yaml"), file("a.yaml~"));
        Thread.sleep(30);
        write("a.yaml", A.replace("\"1\"", "\"2\""));

        assertThat(next(events)).isInstanceOf(StoreEvent.Put.class);
        assertThat(events.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void deletedFile_isARemoval() throws Exception {
        write("a.yaml", A);
        var events = events(open());

        Files.delete(file("a.yaml"));

        assertThat(next(events)).isEqualTo(new StoreEvent.Removed<Node>("a"));
    }

    @Test
    void otherFiles_areLeftAlone() throws Exception {
        write(".a.yaml.swp", "junk");
        write("#a.yaml#", "junk");
        write("a.yaml~", "junk");
        write("README", "junk");

        Listing<Node> listing = open().list(Kind.NODE);

        assertThat(listing.objects()).isEmpty();
        assertThat(listing.rejected()).isEmpty();
    }

    @Test
    void fileWhoseNameIsNotTheObjects_isRejected() throws Exception {
        write("b.yaml", A);
        write("Not A Name.yaml", A);

        assertThat(open().list(Kind.NODE).rejected())
                .extracting(rejected -> rejected.problems().getFirst().message())
                .containsExactly(
                        "'Not A Name' is not a name: lower-case letters, digits and '-' in labels of at most 63"
                                + " characters joined by '.', each beginning and ending with a letter or digit",
                        "must be 'b' as the file is named, not 'a'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../escape", "/tmp/escape", "..", ".", "a/b", "", "a\0b"})
    void nameThatIsAPath_isRefusedEverywhere(String name) throws Exception {
        Store store = open();
        Path outside = root.resolve("escape.yaml");

        assertThatThrownBy(() -> store.create(Kind.NODE, node(name)))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.find(Kind.NODE, name)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.replace(Kind.NODE, node(name), new Version("x")))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.remove(Kind.NODE, name, new Version("x")))
                .isInstanceOf(StoreException.class);
        assertThat(outside).doesNotExist();
    }

    @Test
    void update_keepsCommentsAndUnknownFields() throws Exception {
        write("a.yaml", A + "spec:\n  unheardOf: [1, 2]\n");
        Store store = open();

        store.update(Kind.NODE, "a", StoreContract::incremented);

        assertThat(file("a.yaml"))
                .content()
                .contains("# rack 4", "# by hand", "unheardOf: [1, 2]", "test/counter: \"1\"");
    }

    @Test
    void directoryGone_isAFailureAndNotAThousandRemovals() throws Exception {
        write("a.yaml", A);
        Store store = open();
        var events = events(store);
        Path elsewhere = root.resolve("elsewhere");

        Files.move(root.resolve("nodes"), elsewhere);
        assertThat(events.poll(500, TimeUnit.MILLISECONDS)).isNull();
        assertThatThrownBy(() -> store.list(Kind.NODE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is missing");
        assertThatThrownBy(() -> store.create(Kind.NODE, node("b")))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.find(Kind.NODE, "a")).isInstanceOf(StoreException.class);

        Files.move(elsewhere, root.resolve("nodes"), StandardCopyOption.ATOMIC_MOVE);
        write("a.yaml", A.replace("\"1\"", "\"2\""));
        assertThat(next(events)).isInstanceOf(StoreEvent.Put.class);
    }

    @Test
    void largeOrBinaryFile_isRejected() throws Exception {
        Files.createDirectories(root.resolve("nodes"));
        Files.write(file("big.yaml"), new byte[2 << 20]);
        Files.write(file("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(open().list(Kind.NODE).rejected())
                .extracting(Rejected::name)
                .containsExactly("big", "binary");
    }

    @Test
    void temporaryFileOfAKilledWriter_isNoObjectAndInNobodysWay() throws Exception {
        Store store = open();
        write(".a.yaml.tmp.1.1", "half");

        store.create(Kind.NODE, node("a"));

        assertThat(store.list(Kind.NODE).objects()).hasSize(1);
        try (var files = Files.list(root.resolve("nodes"))) {
            assertThat(files).containsExactly(file("a.yaml"));
        }
    }

    /** Several processes, since threads of one process cannot show that the file lock works. */
    @Test
    void updatesBySeveralProcesses_areNeverLost() throws Exception {
        Store store = open();
        store.create(Kind.NODE, node("counter"));
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    CountingProcess.class.getName(),
                                    root.toString(),
                                    "25")
                            .inheritIO()
                            .start());
        }
        for (int i = 0; i < 25; i++) {
            store.update(Kind.NODE, "counter", StoreContract::incremented);
        }
        for (Process process : processes) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }

        assertThat(store.find(Kind.NODE, "counter").orElseThrow().object().metadata().annotations())
                .containsEntry("test/counter", "75");
    }

    /** Increments the counter of a store in another process. */
    static final class CountingProcess {
        private CountingProcess() {}

        public static void main(String[] arguments) throws Exception {
            try (Store store = DirectoryStore.open(Path.of(arguments[0]))) {
                for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                    store.update(Kind.NODE, "counter", StoreContract::incremented);
                }
            }
        }
    }
}
