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
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * Sums up the JUnit XML reports of the test tiers: what failed, at once or only the first time, what was skipped and why,
 * a table, and as the last line
 * {@code N passed, N failed, N skipped}.
 *
 * <p>Usage: {@code java TestReport.java FOLDER}, or {@code java TestReport.java --skipped TIER_FOLDER}, which prints what
 * the tier skipped as options for JUnit's console launcher. FOLDER has a folder for each tier that ran, with reports at any depth and
 * the files {@code seconds}, {@code skipped} (the tier did not run: why) and {@code broken} (it did not run to its end).
 * Exit status 1 if anything failed; in CI ({@code CI=true}) also if a tier was skipped.
 */
final class TestReport {
    /** How a test ended. */
    enum Outcome {
        PASSED,
        /** It failed, and passed when Surefire ran it again: counted as passed, and named. */
        FLAKY,
        FAILED,
        SKIPPED
    }

    /**
     * One test.
     *
     * @param type name of the class
     * @param method the same on the host and in the virtual machine; empty where a whole class was skipped
     * @param detail first line of the failure, also of one that did not repeat, or the reason of the skip
     */
    record Test(String type, String method, Outcome outcome, String detail) {
        String name() {
            return method.isEmpty() ? type : type + "." + method;
        }
    }

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
        Tier withTests(List<Test> others) {
            return new Tier(name, others, seconds, skipped, broken);
        }

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

    /** Tiers in the order in which they run. */
    private static final List<String> ORDER = List.of("unit", "kernel", "peers", "kubernetes", "vm", "soak");

    private TestReport() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("--skipped")) {
            printSelectorsOfSkipped(read(Path.of(args[1])));
            return;
        }
        boolean ci = "true".equals(System.getenv("CI"));
        List<Tier> tiers = new ArrayList<>();
        try (Stream<Path> folders = Files.list(Path.of(args[0]))) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                tiers.add(read(folder));
            }
        }
        tiers.sort(Comparator.comparingInt(tier -> ORDER.indexOf(tier.name())));
        tiers = withoutWhatTheMachineTried(tiers);
        System.out.print(render(tiers, ci));
        boolean failed = tiers.stream().anyMatch(tier -> tier.failures(ci) > 0);
        System.exit(failed ? 1 : 0);
    }

    /**
     * Options that select the skipped tests: their classes, and of those the methods. (A method cannot be selected itself,
     * because reports do not give the types of its parameters in full.)
     */
    private static void printSelectorsOfSkipped(Tier tier) {
        Set<String> options = new TreeSet<>(Comparator.reverseOrder());
        for (Test test : tier.with(Outcome.SKIPPED)) {
            String method = test.method().replaceFirst("[(\\[{].*", "");
            boolean whole = !method.matches("\\w+") || test.type().endsWith(method);
            options.add("--select-class=" + test.type());
            options.add("--include-methodname=" + test.type() + "#" + (whole ? ".*" : method + "(\\(.*)?"));
        }
        options.forEach(System.out::println);
    }

    /** What the host skipped and the virtual machine tried is counted once, in the tier {@code vm}. */
    private static List<Tier> withoutWhatTheMachineTried(List<Tier> tiers) {
        Set<String> tried = new HashSet<>();
        for (Tier tier : tiers) {
            if (tier.name().equals("vm")) {
                for (Test test : tier.tests()) {
                    tried.add(test.name());
                    tried.add(test.type());
                }
            }
        }
        return tiers.stream()
                .map(
                        tier ->
                                tier.withTests(
                                        tier.tests().stream()
                                                .filter(test -> countsIn(tier, test, tried))
                                                .toList()))
                .toList();
    }

    private static boolean countsIn(Tier tier, Test test, Set<String> triedInTheMachine) {
        return !tier.name().equals("kernel")
                || test.outcome() != Outcome.SKIPPED
                || !triedInTheMachine.contains(test.name());
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
        if (tests.isEmpty() && skipped.isEmpty() && broken.isEmpty()) {
            broken = Optional.of("no test ran");
        }
        return new Tier(folder.getFileName().toString(), tests, seconds, skipped, broken);
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
        String type = testcase.getAttribute("classname");
        for (Node node = testcase.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                switch (element.getTagName()) {
                    case "failure", "error" -> {
                        return new Test(type, method, Outcome.FAILED, firstLine(element));
                    }
                    case "flakyFailure", "flakyError" -> {
                        return new Test(type, method, Outcome.FLAKY, firstLine(element));
                    }
                    case "skipped" -> {
                        return new Test(type, method, Outcome.SKIPPED, firstLine(element));
                    }
                    default -> {}
                }
            }
        }
        return new Test(type, method, Outcome.PASSED, "");
    }

    /** The first line that says something; AssertJ writes {@code Expecting actual:} and goes on below. */
    private static String firstLine(Element element) {
        String message = element.getAttribute("message");
        String text = message.isBlank() ? element.getTextContent() : message;
        List<String> lines = text.strip().lines().map(String::strip).toList();
        String first = lines.isEmpty() ? "no reason given" : lines.getFirst();
        if (first.endsWith(":") && lines.size() > 1) {
            first += " " + lines.get(1);
        }
        return first.replaceFirst("^org\\.opentest4j\\.TestAbortedException: (Assumption failed: )?", "");
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
            for (Test test : tier.with(Outcome.FLAKY)) {
                out.append(line("flaky", test.name(), "passed the second time; the first: " + test.detail()));
            }
        }
        for (Tier tier : tiers) {
            // Ordered by reason: a missing feature may skip many tests.
            TreeMap<String, List<String>> byReason = new TreeMap<>();
            for (Test test : tier.with(Outcome.SKIPPED)) {
                byReason.computeIfAbsent(test.detail(), _ -> new ArrayList<>()).add(test.name());
            }
            byReason.forEach(
                    (reason, names) -> {
                        String where = tier.name().equals("vm") ? " (nor in the virtual machine)" : "";
                        for (String name : names) {
                            out.append(line("skipped", name, reason + where));
                        }
                    });
        }
        out.append(String.format("%n%-8s %7s %7s %8s %8s%n", "tier", "passed", "failed", "skipped", "time"));
        int passed = 0;
        int failed = 0;
        int skipped = 0;
        for (Tier tier : tiers) {
            int passedHere = tier.with(Outcome.PASSED).size() + tier.with(Outcome.FLAKY).size();
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
