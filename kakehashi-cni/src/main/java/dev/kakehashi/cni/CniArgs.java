package dev.kakehashi.cni;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * CNI_ARGS, {@code KEY=value;KEY=value} (CNI conventions, "CNI_ARGS"; deprecated there, but what
 * container runtimes still send). Keys match exactly, the last of several wins.
 */
public final class CniArgs {
    private static final String IGNORE_UNKNOWN = "IgnoreUnknown";

    private CniArgs() {}

    /**
     * Reads the arguments as most reference plugins do: keys the plugin does not know are an error
     * unless {@code IgnoreUnknown} is {@code 1} or {@code true}.
     *
     * @param args the variable's value; empty for none
     * @param known the keys the plugin understands
     * @return the values of the known keys that are there
     * @throws CniException code 4, with the reference library's text
     */
    public static Map<String, String> parse(String args, Set<String> known) throws CniException {
        Map<String, String> values = new LinkedHashMap<>();
        if (args.isEmpty()) {
            return values;
        }
        boolean ignoreUnknown = false;
        StringBuilder unknown = new StringBuilder();
        int start = 0;
        while (start <= args.length()) {
            int end = args.indexOf(';', start);
            String pair = args.substring(start, end < 0 ? args.length() : end);
            start = end < 0 ? args.length() + 1 : end + 1;
            int equals = pair.indexOf('=');
            if (equals < 0 || pair.indexOf('=', equals + 1) >= 0) {
                throw invalid("invalid pair \"" + pair + "\"");
            }
            String key = pair.substring(0, equals);
            String value = pair.substring(equals + 1);
            if (key.equals(IGNORE_UNKNOWN)) {
                ignoreUnknown = ignoreUnknown(pair, value);
            } else if (known.contains(key)) {
                values.put(key, value);
            } else {
                unknown.append(unknown.isEmpty() ? "\"" : " \"").append(pair).append('"');
            }
        }
        if (!unknown.isEmpty() && !ignoreUnknown) {
            throw invalid("unknown args [" + unknown + "]");
        }
        return values;
    }

    private static boolean ignoreUnknown(String pair, String value) throws CniException {
        String lower = value.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default ->
                    throw invalid(
                            "error parsing value of pair \""
                                    + pair
                                    + "\": boolean unmarshal error: invalid input "
                                    + lower);
        };
    }

    /**
     * Reads every key, skipping what is no pair and splitting at the first equals sign only, as the
     * reference's dhcp plugin does.
     */
    public static Map<String, String> parseLenient(String args) {
        Map<String, String> values = new LinkedHashMap<>();
        int start = 0;
        while (start < args.length()) {
            int semicolon = args.indexOf(';', start);
            int end = semicolon < 0 ? args.length() : semicolon;
            int equals = args.indexOf('=', start);
            if (equals >= 0 && equals < end) {
                values.put(args.substring(start, equals), args.substring(equals + 1, end));
            }
            start = end + 1;
        }
        return values;
    }

    private static CniException invalid(String what) {
        return new CniException(CniException.INVALID_ENVIRONMENT, "ARGS: " + what);
    }
}
