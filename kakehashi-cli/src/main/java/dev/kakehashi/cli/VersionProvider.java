package dev.kakehashi.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the version the jar was built as. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Kakehashi.class.getPackage().getImplementationVersion();
        return new String[] {"kakehashi " + (version == null ? "(not packaged)" : version)};
    }
}
