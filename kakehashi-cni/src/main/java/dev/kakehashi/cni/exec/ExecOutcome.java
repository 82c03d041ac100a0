package dev.kakehashi.cni.exec;

/**
 * What a plugin's process left.
 *
 * @param exitStatus 0 for success
 * @param stdout what it printed: a result or an error object; not copied
 * @param stderr its free-form messages; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of output, never compared
public record ExecOutcome(int exitStatus, byte[] stdout, byte[] stderr) {}
