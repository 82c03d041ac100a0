package dev.kakehashi.agent.bird;

import java.util.ArrayList;
import java.util.List;

/**
 * A session as BIRD tells of it.
 *
 * @param protocol its name in BIRD
 * @param peer with whom, for people
 * @param state of RFC 4271, section 8.2.2, such as {@code Established}; {@code Down} when BIRD does
 *     not try
 * @param since when that began, local time as BIRD writes it
 * @param address of the other side
 * @param asNumber of the other side
 * @param localAsNumber of this side
 * @param received routes taken
 * @param sent routes told
 * @param lastError what ended it last; empty when nothing did
 */
public record BgpSession(
        String protocol,
        String peer,
        String state,
        String since,
        String address,
        String asNumber,
        String localAsNumber,
        int received,
        int sent,
        String lastError) {
    private static final String ESTABLISHED = "Established";

    /** A table's line of a protocol, and its details (BIRD, doc/reply_codes). */
    private static final int SUMMARY = 1002;

    private static final int DETAILS = 1006;

    /** Whether routes are exchanged. */
    public boolean isEstablished() {
        return state.equals(ESTABLISHED);
    }

    /** Reads the BGP protocols of {@code show protocols all}. */
    static List<BgpSession> of(BirdReply reply) {
        List<BgpSession> sessions = new ArrayList<>();
        Reader reader = null;
        for (BirdReply.Line line : reply.lines()) {
            if (line.code() == SUMMARY) {
                if (reader != null && reader.isBgp()) {
                    sessions.add(reader.session());
                }
                reader = new Reader(line.text());
            } else if (line.code() == DETAILS && reader != null) {
                reader.detail(line.text().strip());
            }
        }
        if (reader != null && reader.isBgp()) {
            sessions.add(reader.session());
        }
        return sessions;
    }

    private static final class Reader {
        private static final int SINCE_DATE = 4;
        private static final int SINCE_TIME = 5;

        private final List<String> columns;
        private String peer = "";
        private String state = "Down";
        private String address = "";
        private String asNumber = "";
        private String localAsNumber = "";
        private String lastError = "";
        private int received;
        private int sent;

        Reader(String summary) {
            columns = List.of(summary.split(" ", -1)).stream().filter(c -> !c.isEmpty()).toList();
        }

        boolean isBgp() {
            return columns.size() > SINCE_TIME && columns.get(1).equals("BGP");
        }

        void detail(String line) {
            int colon = line.indexOf(':');
            String value = colon < 0 ? "" : line.substring(colon + 1).strip();
            switch (colon < 0 ? "" : line.substring(0, colon)) {
                case "Description" -> peer = value;
                case "BGP state" -> state = value;
                case "Neighbor address" -> address = value;
                case "Neighbor AS" -> asNumber = value;
                case "Local AS" -> localAsNumber = value;
                case "Last error" -> lastError = value;
                case "Routes" -> {
                    // A line for each family that the session carries.
                    received += number(value, "imported");
                    sent += number(value, "exported");
                }
                default -> {}
            }
        }

        /** As in {@code 3 imported, 0 filtered, 1 exported, 3 preferred}. */
        private static int number(String routes, String what) {
            for (String part : routes.split(",", -1)) {
                String[] words = part.strip().split(" ", -1);
                if (words.length == 2 && words[1].equals(what)) {
                    try {
                        return Integer.parseInt(words[0]);
                    } catch (NumberFormatException e) {
                        return 0;
                    }
                }
            }
            return 0;
        }

        BgpSession session() {
            return new BgpSession(
                    columns.getFirst(),
                    peer,
                    state,
                    columns.get(SINCE_DATE) + " " + columns.get(SINCE_TIME),
                    address,
                    asNumber,
                    localAsNumber,
                    received,
                    sent,
                    lastError);
        }
    }
}
