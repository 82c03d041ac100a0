package dev.kakehashi.conformance.report;

/** Text inside of XML and HTML. */
final class Markup {
    private Markup() {}

    /** The text with what has a meaning written as entities; characters XML forbids become "?". */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\n', '\t' -> out.append(c);
                default -> out.append(c < ' ' || c == 0xfffe || c == 0xffff ? '?' : c);
            }
        }
        return out.toString();
    }
}
