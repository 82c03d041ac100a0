package dev.kakehashi.linux.rtnetlink;

/** Words of a command for people, put together only when somebody reads them. */
record Command(String verb, Object object) {
    @Override
    public String toString() {
        String words = object.toString();
        return words.startsWith(" ") ? verb + words : verb + " " + words;
    }
}
