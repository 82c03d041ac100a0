import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * Sums up the JUnit XML reports of the test tiers: what failed, what was skipped and why, a table, and as the last line
 * {@code N passed, N failed, N skipped}.
 *
 * <p>Usage: {@code java TestReport.java FOLDER}. FOLDER has a folder for each tier that ran, with reports at any depth and
 * the files {@code seconds}, {@code skipped} (the tier did not run: why) and {@code broken} (it did not run to its end).
 * Exit status 1 if anything failed; in CI ({@code CI=true}) also if a tier was skipped.
 */
final class TestReport {
    /** How a test ended. */
    enum Outcome {
        PASSED,
        FAILED,
        SKIPPED
    }

    /**
     * One test.
     *
     * @param name class and method, the same on the host and in the virtual machine
     * @param detail first line of the failure or the reason of the skip
     */
    record Test(String name, Outcome outcome, String detail) {}

    /**
     * One tier.
     *
     * @param skipped why it did not run at all
     * @param broken why it did not run to its end
     */
    record Tier(
            String name,
            List<Test> tests,
            long seconds,
            Optional<String> skipped,
            Optional<String> broken) {
        List<Test> with(Outcome outcome) {
            return tests.stream().filter(test -> test.outcome() == outcome).toList();
        }

        /** Failed tests, and the tier itself if it broke. */
        int failures(boolean ci) {
            return with(Outcome.FAILED).size()
                    + (broken.isPresent() ? 1 : 0)
                    + (ci && skipped.isPresent() ? 1 : 0);
        }

        int skips(boolean ci) {
            return with(Outcome.SKIPPED).size() + (!ci && skipped.isPresent() ? 1 : 0);
        }
    }

    private static final List<String> ORDER = List.of("unit", "kernel", "peers", "vm", "soak");

    private TestReport() {}

    public static void main(String[] args) throws Exception {
        boolean ci = "true".equals(System.getenv("CI"));
        List<Tier> tiers = new ArrayList<>();
        try (Stream<Path> folders = Files.list(Path.of(args[0]))) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                tiers.add(read(folder));
            }
        }
        tiers.sort(Comparator.comparingInt(tier -> ORDER.indexOf(tier.name())));
        tiers = withoutWhatTheMachineRan(tiers);
        System.out.print(render(tiers, ci));
        boolean failed = tiers.stream().anyMatch(tier -> tier.failures(ci) > 0);
        System.exit(failed ? 1 : 0);
    }

    /** What the host skipped and the virtual machine ran is counted once, in the tier {@code vm}. */
    private static List<Tier> withoutWhatTheMachineRan(List<Tier> tiers) {
        Set<String> ran = new HashSet<>();
        for (Tier tier : tiers) {
            if (tier.name().equals("vm")) {
                tier.tests().stream()
                        .filter(test -> test.outcome() != Outcome.SKIPPED)
                        .map(Test::name)
                        .forEach(ran::add);
            }
        }
        List<Tier> result = new ArrayList<>();
        for (Tier tier : tiers) {
            List<Test> kept =
                    tier.tests().stream()
                            .filter(
                                    test ->
                                            test.outcome() != Outcome.SKIPPED
                                                    || !ran.contains(test.name()))
                            .toList();
            result.add(new Tier(tier.name(), kept, tier.seconds(), tier.skipped(), tier.broken()));
        }
        return result;
    }

    private static Tier read(Path folder) throws IOException {
        List<Test> tests = new ArrayList<>();
        Optional<String> broken = text(folder.resolve("broken"));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".xml")).sorted().toList()) {
                try {
                    tests.addAll(readReport(file));
                } catch (SAXException | ParserConfigurationException e) {
                    broken = Optional.of(file + " cannot be read: " + e.getMessage());
                }
            }
        }
        long seconds = text(folder.resolve("seconds")).map(Long::parseLong).orElse(0L);
        Optional<String> skipped = text(folder.resolve("skipped"));
        if (tests.isEmpty() && skipped.isEmpty() && broken.isEmpty() && !mayBeEmpty(folder)) {
            broken = Optional.of("no test ran");
        }
        return new Tier(folder.getFileName().toString(), tests, seconds, skipped, broken);
    }

    /** The virtual machine has nothing to do where the machine's own kernel lacks nothing. */
    private static boolean mayBeEmpty(Path folder) {
        return Files.exists(folder.resolve("nothing-to-run"));
    }

    private static Optional<String> text(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    private static List<Test> readReport(Path file)
            throws IOException, ParserConfigurationException, SAXException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        var cases = factory.newDocumentBuilder().parse(file.toFile()).getElementsByTagName("testcase");
        List<Test> tests = new ArrayList<>();
        for (int i = 0; i < cases.getLength(); i++) {
            tests.add(test((Element) cases.item(i)));
        }
        return tests;
    }

    private static Test test(Element testcase) {
        // Surefire writes `name`, JUnit's own reports `name()`.
        String method = testcase.getAttribute("name").replace("()", "");
        String name = testcase.getAttribute("classname") + (method.isEmpty() ? "" : "." + method);
        for (Node node = testcase.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                switch (element.getTagName()) {
                    case "failure", "error" -> {
                        return new Test(name, Outcome.FAILED, firstLine(element));
                    }
                    case "skipped" -> {
                        return new Test(name, Outcome.SKIPPED, firstLine(element));
                    }
                    default -> {}
                }
            }
        }
        return new Test(name, Outcome.PASSED, "");
    }

    private static String firstLine(Element element) {
        String message = element.getAttribute("message");
        String text = message.isBlank() ? element.getTextContent() : message;
        return text.strip().lines().findFirst().orElse("no reason given");
    }

    private static String render(List<Tier> tiers, boolean ci) {
        StringBuilder out = new StringBuilder("\n");
        for (Tier tier : tiers) {
            tier.broken().ifPresent(why -> out.append(line("FAILED", tier.name() + " tier", why)));
            tier.skipped()
                    .ifPresent(
                            why ->
                                    out.append(
                                            line(
                                                    ci ? "FAILED" : "skipped",
                                                    tier.name() + " tier",
                                                    why)));
            for (Test test : tier.with(Outcome.FAILED)) {
                out.append(line("FAILED", test.name(), test.detail()));
            }
        }
        for (Tier tier : tiers) {
            // One line a reason: a missing feature may skip many tests.
            TreeMap<String, List<String>> byReason = new TreeMap<>();
            for (Test test : tier.with(Outcome.SKIPPED)) {
                byReason.computeIfAbsent(test.detail(), _ -> new ArrayList<>()).add(test.name());
            }
            byReason.forEach(
                    (reason, names) -> {
                        for (String name : names) {
                            out.append(line("skipped", name, reason));
                        }
                    });
        }
        out.append(String.format("%n%-8s %7s %7s %8s %8s%n", "tier", "passed", "failed", "skipped", "time"));
        int passed = 0;
        int failed = 0;
        int skipped = 0;
        for (Tier tier : tiers) {
            int passedHere = tier.with(Outcome.PASSED).size();
            out.append(
                    String.format(
                            "%-8s %7d %7d %8d %7ds%n",
                            tier.name(),
                            passedHere,
                            tier.failures(ci),
                            tier.skips(ci),
                            tier.seconds()));
            passed += passedHere;
            failed += tier.failures(ci);
            skipped += tier.skips(ci);
        }
        return out.append(
                        String.format(
                                "%n%d passed, %d failed, %d skipped%n", passed, failed, skipped))
                .toString();
    }

    private static String line(String what, String name, String why) {
        return String.format("%-8s %s: %s%n", what, name, why);
    }
}
