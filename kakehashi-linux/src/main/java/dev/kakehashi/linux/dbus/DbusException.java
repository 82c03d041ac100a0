package dev.kakehashi.linux.dbus;

import java.io.IOException;
import java.io.Serial;

/** A call that the bus or a service answered with an error. */
public final class DbusException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final String name;

    DbusException(String name, String message) {
        super(message.isEmpty() ? name : name + ": " + message);
        this.name = name;
    }

    /** The name of the error, for example {@code org.freedesktop.DBus.Error.ServiceUnknown}. */
    public String name() {
        return name;
    }
}
