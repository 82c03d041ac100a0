package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.Kind;

/**
 * Something about an object that a person must know.
 *
 * @param kind of the object
 * @param name of the object
 * @param reporter the node that says so
 * @param reason one word in CamelCase for programs
 * @param message for people; cut after {@value #MAX_MESSAGE} characters
 */
public record Notice(Kind<?> kind, String name, String reporter, String reason, String message) {
    /** The longest note of an Event (events.k8s.io/v1, field {@code note}). */
    public static final int MAX_MESSAGE = 1024;

    /** Cuts the message. */
    public Notice {
        message = message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message;
    }
}
