package dev.kakehashi.ipam;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Gives out and takes back the addresses of one network, under the directory's lock. What it has to
 * say besides goes to {@code log}, a line at a time.
 */
final class Pool {

    private final ReservationDirectory.Session session;
    private final Consumer<String> log;

    Pool(ReservationDirectory.Session session, Consumer<String> log) {
        this.session = session;
        this.log = log;
    }

    /**
     * Gives {@code owner} one address from each set: the requested one that lies in the set, else
     * the next by round robin. Either all of them or, when it throws, none.
     *
     * @throws CniException code 11 when a set has no free address or a requested one is taken; code
     *     7 when a requested one cannot be given at all
     */
    List<RangeSet.Choice> give(Owner owner, List<RangeSet> sets, List<IpNumber> requested)
            throws CniException, IOException {
        List<IpNumber> open = new ArrayList<>(requested);
        List<RangeSet.Choice> given = new ArrayList<>(sets.size());
        boolean complete = false;
        try {
            for (int i = 0; i < sets.size(); i++) {
                RangeSet set = sets.get(i);
                Optional<IpNumber> wanted = takeFirstIn(set, open);
                try {
                    given.add(
                            wanted.isPresent()
                                    ? giveRequested(owner, set, i, wanted.get())
                                    : giveNext(owner, set, i));
                } catch (CniException e) {
                    throw e.because("failed to allocate for range " + i);
                }
            }
            if (!open.isEmpty()) {
                StringBuilder text = new StringBuilder("failed to allocate all requested IPs:");
                open.forEach(address -> text.append(' ').append(address));
                throw new CniException(
                        CniException.INVALID_CONFIG,
                        text.toString(),
                        "no range set contains them, or another requested one took its place");
            }
            complete = true;
            return given;
        } finally {
            if (!complete) {
                for (RangeSet.Choice choice : given) {
                    session.release(choice.address());
                }
            }
        }
    }

    private static Optional<IpNumber> takeFirstIn(RangeSet set, List<IpNumber> open) {
        for (IpNumber address : open) {
            if (set.rangeOf(address).isPresent()) {
                open.remove(address);
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    private RangeSet.Choice giveRequested(Owner owner, RangeSet set, int index, IpNumber address)
            throws CniException, IOException {
        Range range = set.rangeOf(address).orElseThrow();
        if (address.equals(range.gateway())) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "requested ip " + address + " is subnet's gateway");
        }
        if (session.reservations().addresses().contains(address)
                || !session.reserve(address, owner, index)) {
            throw new CniException(
                    CniException.TRY_AGAIN_LATER,
                    "requested IP address " + address + " is not available in range set " + set);
        }
        return new RangeSet.Choice(address, range);
    }

    private RangeSet.Choice giveNext(Owner owner, RangeSet set, int index)
            throws CniException, IOException {
        for (Reservation reservation : heldByEitherForm(owner)) {
            if (set.rangeOf(reservation.address()).isPresent()) {
                throw new CniException(
                        HostLocal.ALREADY_ALLOCATED,
                        reservation.address()
                                + " has been allocated to "
                                + owner.containerId()
                                + ", duplicate allocation is not allowed");
            }
        }
        Set<IpNumber> taken = session.reservations().addresses();
        Optional<IpNumber> last = session.lastGiven(index);
        while (true) {
            Optional<RangeSet.Choice> choice = set.choose(last, taken);
            if (choice.isEmpty()) {
                throw new CniException(
                        CniException.TRY_AGAIN_LATER,
                        "no IP addresses available in range set: " + set,
                        usage(set, taken));
            }
            IpNumber address = choice.get().address();
            if (session.reserve(address, owner, index)) {
                return choice.get();
            }
            // Somebody made a file without the lock.
            taken = new HashSet<>(taken);
            taken.add(address);
        }
    }

    /** How much of a set is in use, for people. */
    static String usage(RangeSet set, Set<IpNumber> taken) {
        return set.used(taken) + " of " + set.capacity() + " addresses are in use";
    }

    /** What files say that an attachment holds, in the present form or the old one. */
    private List<Reservation> heldByEitherForm(Owner owner) {
        List<Reservation> held = new ArrayList<>(session.reservations().of(Optional.of(owner)));
        held.addAll(session.reservations().of(Optional.of(owner.withoutInterface())));
        return held;
    }

    /**
     * The addresses that an attachment holds: by files that name its interface; only if there are
     * none, by files of the old form, which name the container alone.
     */
    List<IpNumber> heldBy(Owner owner) {
        List<Reservation> held = session.reservations().of(Optional.of(owner));
        if (held.isEmpty()) {
            held = session.reservations().of(Optional.of(owner.withoutInterface()));
        }
        List<IpNumber> addresses = new ArrayList<>(held.size());
        for (Reservation reservation : held) {
            addresses.add(reservation.address());
        }
        return addresses;
    }

    /** Takes back what {@code owner} holds. */
    void takeBack(Owner owner) throws IOException {
        for (IpNumber address : heldBy(owner)) {
            session.release(address);
        }
    }

    /** Takes back what belongs to none of {@code valid}, as much of it as can be. */
    void takeBackAllBut(List<CniAttachment> valid) throws IOException {
        Set<Owner> living = new HashSet<>();
        living.add(Owner.UNKNOWN);
        for (CniAttachment attachment : valid) {
            Owner owner = Owner.of(attachment.containerId(), attachment.ifName());
            living.add(owner);
            living.add(owner.withoutInterface());
        }
        List<IOException> failures = new ArrayList<>();
        for (Reservation reservation : session.reservations().all()) {
            if (reservation.owner().filter(living::contains).isEmpty()) {
                try {
                    session.release(reservation.address());
                    log.accept("gave back " + describe(reservation) + ": no such attachment");
                } catch (IOException e) {
                    failures.add(e);
                }
            }
        }
        if (!failures.isEmpty()) {
            IOException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    /**
     * Takes back what nobody can hold: files without an owner, left by a process that died between
     * making and writing one, and files written before {@code bootEnd}.
     */
    void takeBackVoid(Optional<Instant> earlierBootEnd) throws IOException {
        List<Reservation> suspects =
                earlierBootEnd.isPresent()
                        ? session.reservations().all()
                        : session.reservations().of(Optional.empty());
        for (Reservation reservation : suspects) {
            if (isVoid(reservation, earlierBootEnd)) {
                session.release(reservation.address());
                log.accept(
                        "gave back "
                                + describe(reservation)
                                + (reservation.owner().isEmpty()
                                        ? ": its file is empty"
                                        : ": reserved at "
                                                + reservation.written()
                                                + ", before this boot"));
            }
        }
    }

    /** The addresses that are held by somebody, void reservations left out. */
    Set<IpNumber> held(Optional<Instant> earlierBootEnd) {
        Set<IpNumber> held = new HashSet<>();
        for (Reservation reservation : session.reservations().all()) {
            if (!isVoid(reservation, earlierBootEnd)) {
                held.add(reservation.address());
            }
        }
        return held;
    }

    private static boolean isVoid(Reservation reservation, Optional<Instant> earlierBootEnd) {
        return reservation.owner().isEmpty()
                || earlierBootEnd.filter(reservation.written()::isBefore).isPresent();
    }

    private static String describe(Reservation reservation) {
        return "address "
                + reservation.address()
                + reservation
                        .owner()
                        .map(owner ->
                                " of container "
                                        + owner.containerId()
                                        + owner.ifname().map(n -> ", " + n).orElse(""))
                        .orElse("");
    }
}
