package dev.kakehashi.cni;

import org.jspecify.annotations.Nullable;

/**
 * A failure as the CNI specification describes it (SPEC "Error"): a number for programs, a short
 * message and optional details for people. What reaches the dispatcher as this exception is printed
 * on standard output with its own code.
 */
public class CniException extends Exception {
    /** No code was given (reference library). */
    public static final int UNKNOWN = 0;

    /** The plugin does not speak the configuration's version. */
    public static final int INCOMPATIBLE_VERSION = 1;

    /** A field has an unsupported value; the message names key and value. */
    public static final int UNSUPPORTED_FIELD = 2;

    /** The container is unknown or gone; the runtime need not clean up (no DEL needed). */
    public static final int UNKNOWN_CONTAINER = 3;

    /** A CNI_* variable is missing or malformed; the message names it. */
    public static final int INVALID_ENVIRONMENT = 4;

    /** Reading or writing failed. */
    public static final int IO_FAILURE = 5;

    /** Input could not be decoded. */
    public static final int DECODING_FAILURE = 6;

    /** The network configuration is malformed or contradicts itself. */
    public static final int INVALID_CONFIG = 7;

    /** CNI_NETNS is not usable (reference library). */
    public static final int INVALID_NETNS = 8;

    /** A passing condition: the runtime should try again later. */
    public static final int TRY_AGAIN_LATER = 11;

    /** STATUS: the plugin cannot serve ADD. */
    public static final int PLUGIN_NOT_AVAILABLE = 50;

    /**
     * STATUS: the plugin cannot serve ADD and containers attached already may have limited
     * connectivity.
     */
    public static final int LIMITED_CONNECTIVITY = 51;

    /** Any failure that carries no code of its own (reference library). */
    public static final int INTERNAL = 999;

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String msg;
    private final String details;

    /**
     * A failure without details.
     *
     * @param code one of the constants, or 100 and above for codes of the plugin's own
     * @param msg what failed, on which object and why, in one line
     */
    public CniException(int code, String msg) {
        this(code, msg, "");
    }

    /**
     * A failure with details.
     *
     * @param details a longer description; empty for none
     */
    public CniException(int code, String msg, String details) {
        this(code, msg, details, null);
    }

    /**
     * A failure with the exception that caused it; its text is the caller's to include in {@code
     * msg}.
     */
    public CniException(int code, String msg, Throwable cause) {
        this(code, msg, "", cause);
    }

    private CniException(int code, String msg, String details, @Nullable Throwable cause) {
        super(details.isEmpty() ? msg : msg + "; " + details, cause);
        this.code = code;
        this.msg = msg;
        this.details = details;
    }

    /** The specification's number of this failure. */
    public final int code() {
        return code;
    }

    /** The short message. */
    public final String msg() {
        return msg;
    }

    /** The longer description; empty when there is none. */
    public final String details() {
        return details;
    }

    /**
     * The same failure, code and details kept, with words in front that say what was being done.
     */
    public CniException because(String doing) {
        return new CniException(code, doing + ": " + msg, details, this);
    }
}
