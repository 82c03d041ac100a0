package dev.kakehashi.agent;

import java.util.Optional;

/** The form of the agent's log. */
enum LogFormat {
    /** A line of words for each event, a stack after it where there is one. */
    TEXT,
    /** A JSON object on a line for each event. */
    JSON;

    static final String OPTION = "--log-format";

    /** For what is logged before the command line is read, and by programs without the option. */
    static final String VARIABLE = "KAKEHASHI_LOG_FORMAT";

    private static volatile LogFormat chosen = "json".equals(System.getenv(VARIABLE)) ? JSON : TEXT;

    private static volatile String node = "";

    /**
     * The form of a name.
     *
     * @throws IllegalArgumentException when there is none
     */
    static LogFormat named(String name) {
        return switch (name) {
            case "text" -> TEXT;
            case "json" -> JSON;
            default ->
                    throw new IllegalArgumentException(
                            OPTION + " must be text or json, not " + name);
        };
    }

    /**
     * From now on, events of the whole process are written in this form.
     *
     * @param name the node that JSON events are said to be of; empty: of none
     */
    static void use(LogFormat format, Optional<String> name) {
        node = name.orElse("");
        chosen = format;
    }

    /** The form in force. */
    static LogFormat chosen() {
        return chosen;
    }

    /** The node that events are of; empty where there is none. */
    static String node() {
        return node;
    }
}
