package dev.kakehashi.linux.nft;

/** The time that a rate counts by. */
public enum LimitUnit {
    SECOND(1),
    MINUTE(60),
    HOUR(3600),
    DAY(86400),
    WEEK(604800);

    private final long seconds;

    LimitUnit(long seconds) {
        this.seconds = seconds;
    }

    long seconds() {
        return seconds;
    }

    /** nft's word. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    static LimitUnit of(long seconds) {
        for (LimitUnit unit : values()) {
            if (unit.seconds == seconds) {
                return unit;
            }
        }
        return SECOND;
    }
}
