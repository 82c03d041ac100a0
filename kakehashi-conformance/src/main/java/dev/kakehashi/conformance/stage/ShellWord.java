package dev.kakehashi.conformance.stage;

/** Words of a command line that is printed for people to copy. */
public final class ShellWord {
    private ShellWord() {}

    /** The text as one word of a POSIX shell, in quotation marks where it needs them. */
    public static String quote(String text) {
        boolean plain = !text.isEmpty();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            plain &= c < 128 && (Character.isLetterOrDigit(c) || "_./:=,-@".indexOf(c) >= 0);
        }
        return plain ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
