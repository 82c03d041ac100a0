package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Reads one mapping of an object, field by field. A field of the wrong type or value is noted as an
 * error and read as its default, so that one pass finds everything that is wrong; what no read
 * asked for is an unknown field.
 */
final class Fields {
    private static final FieldShape TEXT = new FieldShape.Text();
    private static final FieldShape NUMBER = new FieldShape.Whole(Long.MIN_VALUE, Long.MAX_VALUE);
    private static final FieldShape FLAG = new FieldShape.Flag();
    private static final FieldShape NAME = new FieldShape.Name();
    private static final FieldShape ADDRESS = new FieldShape.Address();
    private static final FieldShape PREFIX = new FieldShape.Prefix();
    private static final FieldShape AUTONOMOUS_SYSTEM = new FieldShape.AutonomousSystem();
    private static final FieldShape TEXT_MAP = new FieldShape.TextMap();
    private static final FieldShape ANY = new FieldShape.Any();

    /**
     * So many elements a list may have that people write: bounds what reading an object costs, here
     * and by the rules that the API server evaluates.
     */
    static final int MOST = 64;

    private final Problems problems;
    private final String path;
    private final Map<?, ?> fields;

    /** What was asked for, perhaps several times. */
    private final List<String> known = new ArrayList<>();

    private final @Nullable FieldsProbe probe;

    Fields(Problems problems, String path, Map<?, ?> fields) {
        this(problems, path, fields, null);
    }

    /** With {@code probe}, notes what is asked for. */
    Fields(Problems problems, String path, Map<?, ?> fields, @Nullable FieldsProbe probe) {
        this.probe = probe;
        this.problems = problems;
        this.path = path;
        this.fields = fields;
    }

    /** The path of a field of this mapping. */
    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    boolean has(String name) {
        known.add(name);
        note(name, ANY);
        return fields.get(name) != null;
    }

    /** Whether nothing is given, not even something wrong. */
    boolean isAbsentOrEmpty(String name) {
        return !has(name) || (fields.get(name) instanceof List<?> list && list.isEmpty());
    }

    void error(String name, String message) {
        problems.error(path(name), message);
    }

    private void note(String name, FieldShape shape) {
        if (probe != null) {
            probe.note(name, shape);
        }
    }

    Optional<String> string(String name) {
        return string(name, TEXT);
    }

    /** A string of a shape, which the caller looks into. */
    Optional<String> string(String name, FieldShape shape) {
        note(name, shape);
        return value(name, String.class, "a string");
    }

    /** The name of an object. */
    Optional<String> objectName(String name) {
        Optional<String> text = string(name, NAME);
        text.flatMap(ObjectName::problemOf).ifPresent(problem -> error(name, problem));
        return text;
    }

    boolean bool(String name, boolean absent) {
        note(name, FLAG);
        return value(name, Boolean.class, "true or false").orElse(absent);
    }

    OptionalInt integer(String name, int min, int max) {
        if (probe != null) {
            probe.note(name, new FieldShape.Whole(min, max));
        }
        String allowed = "an integer from " + min + " to " + max;
        Optional<Long> value = value(name, Long.class, allowed);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (value.get() < min || value.get() > max) {
            error(name, value.get() + " is not allowed; allowed is " + allowed);
            return OptionalInt.empty();
        }
        return OptionalInt.of(value.get().intValue());
    }

    /**
     * Says between which bounds an integer is in any object, where those of one object depend on
     * its other fields.
     */
    void widest(String name, int min, int max) {
        if (probe != null) {
            probe.note(name, new FieldShape.Whole(min, max));
        }
    }

    /** Any integer of 64 bits. */
    OptionalLong number(String name) {
        note(name, NUMBER);
        return value(name, Long.class, "an integer")
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    /** The number of an autonomous system. */
    OptionalLong asNumber(String name) {
        note(name, AUTONOMOUS_SYSTEM);
        Optional<Long> number = value(name, Long.class, "an AS number such as 64512");
        Optional<String> problem = number.flatMap(AsNumber::problemOf);
        problem.ifPresent(text -> error(name, text));
        return number.isPresent() && problem.isEmpty()
                ? OptionalLong.of(number.get())
                : OptionalLong.empty();
    }

    /** An address without a prefix length. */
    Optional<InetAddress> address(String name) {
        return addressText(name).flatMap(text -> address(name, text));
    }

    /** The text of a field that is an address. */
    Optional<String> addressText(String name) {
        return string(name, ADDRESS);
    }

    /** The address that the text of a field is. */
    Optional<InetAddress> address(String name, String text) {
        return AddressText.address(text, problem -> error(name, problem));
    }

    /** Whether nothing is read: only what would be asked for is noted. */
    boolean isProbe() {
        return probe != null;
    }

    /** One of the constants, written as their {@code toString()}. */
    <E extends Enum<E>> E choice(String name, Class<E> type, E absent) {
        if (probe != null) {
            List<String> words =
                    Arrays.stream(type.getEnumConstants()).map(Enum::toString).toList();
            probe.note(name, new FieldShape.Choice(words, Optional.of(absent.toString())));
        }
        Optional<String> value = string(name);
        if (value.isEmpty()) {
            return absent;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.toString().equals(value.get())) {
                return constant;
            }
        }
        String allowed =
                Arrays.stream(type.getEnumConstants())
                        .map(Enum::toString)
                        .collect(Collectors.joining(", "));
        error(name, "'" + value.get() + "' is not allowed; allowed is one of " + allowed);
        return absent;
    }

    /** Any of the constants, in their order. */
    <E extends Enum<E>> List<E> choices(String name, Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        List<String> words = constants.stream().map(Enum::toString).toList();
        note(name, new FieldShape.Many(new FieldShape.Choice(words, Optional.empty()), MOST));
        List<String> texts = strings(name);
        for (int i = 0; i < texts.size(); i++) {
            if (!words.contains(texts.get(i))) {
                error(
                        name + "[" + i + "]",
                        "'"
                                + texts.get(i)
                                + "' is not allowed; allowed are "
                                + String.join(", ", words));
            }
        }
        return constants.stream().filter(one -> texts.contains(one.toString())).toList();
    }

    List<String> strings(String name) {
        return strings(name, TEXT);
    }

    /** Strings of a shape, which the caller looks into. */
    List<String> strings(String name, FieldShape element) {
        note(name, new FieldShape.Many(element, MOST));
        List<?> elements = elements(name, "a list of strings", MOST);
        List<String> strings = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof String text) {
                strings.add(text);
            } else {
                error(name + "[" + i + "]", "must be a string");
            }
        }
        return strings;
    }

    /** Networks such as {@code 10.244.0.0/16}: host bits must be zero. */
    List<IpPrefix> networks(String name) {
        List<String> texts = strings(name, PREFIX);
        List<IpPrefix> networks = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            network(name + "[" + i + "]", texts.get(i)).ifPresent(networks::add);
        }
        return networks;
    }

    /** A network; a problem when it is absent, which says what it is. */
    Optional<IpPrefix> requiredNetwork(String name, String what) {
        Optional<String> text = string(name, PREFIX);
        if (text.isEmpty()) {
            error(name, "is required: " + what);
        }
        return text.flatMap(given -> network(name, given));
    }

    /** A network in {@code text}; a problem of the field {@code name} when it is none. */
    Optional<IpPrefix> network(String name, String text) {
        return AddressText.network(text, problem -> error(name, problem));
    }

    Map<String, String> stringMap(String name) {
        note(name, TEXT_MAP);
        Map<?, ?> map = value(name, Map.class, "a mapping of strings to strings").orElse(Map.of());
        if (map.values().stream().allMatch(String.class::isInstance)) {
            return asStrings(map);
        }
        Map<String, String> strings = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value instanceof String text) {
                strings.put(String.valueOf(key), text);
            } else {
                error(name + "." + key, "must be a string; quote it");
            }
        });
        return strings;
    }

    @SuppressWarnings("unchecked") // the names of a tree are strings
    private static Map<String, String> asStrings(Map<?, ?> map) {
        return (Map<String, String>) map;
    }

    /** The mapping in a field; an empty one when it is absent. */
    Fields section(String name) {
        return new Fields(
                problems,
                path(name),
                value(name, Map.class, "a mapping").orElse(Map.of()),
                probe == null ? null : probe.section(name));
    }

    /** The mappings in a list that people write. */
    List<Fields> sections(String name) {
        return sections(name, MOST);
    }

    /** The mappings in a list of at most so many. */
    List<Fields> sections(String name, int most) {
        List<?> elements = elements(name, "a list of mappings", most);
        List<Fields> sections = new ArrayList<>();
        if (probe != null) {
            Fields element =
                    new Fields(problems, path(name + "[0]"), Map.of(), probe.element(name, most));
            return List.of(element);
        }
        for (int i = 0; i < elements.size(); i++) {
            String element = name + "[" + i + "]";
            if (elements.get(i) instanceof Map<?, ?> map) {
                sections.add(new Fields(problems, path(element), map));
            } else {
                error(element, "must be a mapping");
            }
        }
        return sections;
    }

    /** Warns of each field that nothing asked for, naming the nearest one that exists. */
    void warnOfUnknown() {
        for (Object key : fields.keySet()) {
            String name = String.valueOf(key);
            if (!known.contains(name)) {
                String hint = Spelling.hint(name, known);
                problems.warning(path(name), "is unknown and has no effect" + hint);
            }
        }
    }

    /** None of a list that is too long: one problem says all. */
    private List<?> elements(String name, String allowed, int most) {
        List<?> elements = value(name, List.class, allowed).orElse(List.of());
        if (elements.size() > most) {
            error(name, "has " + elements.size() + " elements; allowed are at most " + most);
            return List.of();
        }
        return elements;
    }

    private <T> Optional<T> value(String name, Class<T> type, String allowed) {
        known.add(name);
        Object value = fields.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            error(name, "must be " + allowed);
            return Optional.empty();
        }
        return Optional.of(type.cast(value));
    }
}
