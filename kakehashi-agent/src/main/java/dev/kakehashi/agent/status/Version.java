package dev.kakehashi.agent.status;

/** Which build this is. */
public final class Version {
    private Version() {}

    /** The version that the program's jar was built as. */
    public static String ofProgram() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
