package dev.kakehashi.ipam;

import java.time.Instant;
import java.util.Optional;

/**
 * A file that holds an address.
 *
 * @param file the file's name, the address in some spelling
 * @param address the address
 * @param owner who holds it; empty when the file is empty: whoever made it died before it wrote
 * @param written when the file was last written, by the file system's clock
 */
record Reservation(String file, IpNumber address, Optional<Owner> owner, Instant written) {}
