package dev.kakehashi.cluster;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a field may hold, as the code that reads it asks for it: the source of every schema. */
public sealed interface FieldShape {
    /** A string. */
    record Text() implements FieldShape {}

    /** The name of an object: {@link ObjectName}. */
    record Name() implements FieldShape {}

    /** An address without a prefix length, such as {@code 192.0.2.1}. */
    record Address() implements FieldShape {}

    /** The number of an autonomous system: {@link AsNumber}. */
    record AutonomousSystem() implements FieldShape {}

    /** A BGP community: {@link Community}. */
    record BgpCommunity() implements FieldShape {}

    /** True or false. */
    record Flag() implements FieldShape {}

    /**
     * An integer.
     *
     * @param min least value
     * @param max greatest value
     */
    record Whole(long min, long max) implements FieldShape {}

    /**
     * One of some words.
     *
     * @param words as they are written
     * @param absent which one it is where the field is not there; empty where none is
     */
    record Choice(List<String> words, Optional<String> absent) implements FieldShape {
        /** Copies the words. */
        public Choice {
            words = List.copyOf(words);
        }
    }

    /** A network such as {@code 10.244.0.0/16}. */
    record Prefix() implements FieldShape {}

    /**
     * A list.
     *
     * @param element what each element may hold
     * @param most so many elements may be there
     */
    record Many(FieldShape element, int most) implements FieldShape {}

    /** A mapping of free strings to strings. */
    record TextMap() implements FieldShape {}

    /**
     * A mapping of known fields.
     *
     * @param fields what each may hold, in the order in which they are read
     * @param required those that must be there
     */
    record Section(Map<String, FieldShape> fields, List<String> required) implements FieldShape {
        /** Copies both. */
        public Section {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
            required = List.copyOf(required);
        }
    }

    /** Anything: the reader does not look into it. */
    record Any() implements FieldShape {}
}
