package dev.kakehashi.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects what is wrong with one object while it is read. */
final class Problems {
    private final String source;
    private final Map<String, Integer> lines;
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    Problems(String source, Map<String, Integer> lines) {
        this.source = source;
        this.lines = lines;
    }

    void error(String path, String message) {
        errors.add(new Problem(source, lines.getOrDefault(path, 0), path, message));
    }

    void warning(String path, String message) {
        warnings.add(new Problem(source, lines.getOrDefault(path, 0), path, message));
    }

    /** The paths of the fields that are wrong. */
    Set<String> errorPaths() {
        return errors.stream().map(Problem::path).collect(Collectors.toSet());
    }

    List<Problem> warnings() {
        return warnings;
    }

    void throwIfErrors() throws InvalidObjectException {
        if (!errors.isEmpty()) {
            throw new InvalidObjectException(errors);
        }
    }
}
