package dev.kakehashi.bench;

import java.io.IOException;
import java.util.Map;

/** A store that a measurement fills with objects. */
interface NodeStore extends AutoCloseable {

    /** The agent's {@code --store}. */
    String address();

    /**
     * Writes objects.
     *
     * @param texts by plural kind and name, such as {@code nodes/node1}: JSON
     */
    void put(Map<String, String> texts) throws IOException;

    @Override
    void close() throws IOException;
}
