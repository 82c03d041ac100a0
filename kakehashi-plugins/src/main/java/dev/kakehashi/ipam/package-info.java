/**
 * Address management: the IPAM plugins {@code host-local} and {@code static}.
 *
 * <p>Choosing an address is a pure step over the set of taken ones ({@link
 * dev.kakehashi.ipam.RangeSet#choose}); everything that touches a disk is in {@link
 * dev.kakehashi.ipam.ReservationDirectory}, whose files and lock are those of the reference {@code
 * host-local}, so that both can serve one network of one host.
 */
@NullMarked
package dev.kakehashi.ipam;

import org.jspecify.annotations.NullMarked;
