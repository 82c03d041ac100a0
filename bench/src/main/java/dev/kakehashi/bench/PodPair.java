package dev.kakehashi.bench;

/**
 * Two pods on different nodes.
 *
 * @param client runs what follows it in the one pod
 * @param server runs what follows it in the other
 * @param address the other pod's address
 */
record PodPair(Command client, Command server, String address) {}
