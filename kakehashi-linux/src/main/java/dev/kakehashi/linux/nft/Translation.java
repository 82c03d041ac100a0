package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Immediate;
import dev.kakehashi.linux.nft.expr.Masquerade;
import dev.kakehashi.linux.nft.expr.Nat;
import dev.kakehashi.linux.nft.expr.NatFlags;
import dev.kakehashi.linux.nft.expr.NatType;
import dev.kakehashi.linux.nft.expr.Redirect;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Value;

import java.net.InetAddress;
import java.util.List;

/**
 * A translation of addresses or ports, the last statement of a rule.
 *
 * @param target to what
 * @param flags how to choose, bits of {@link NatFlags}
 */
public record Translation(Target target, int flags) {
    /** {@code masquerade}: to the address of the interface that the packet leaves by. */
    public static Translation masquerade() {
        return new Translation(new Leaving(), 0);
    }

    /** {@code snat to ADDRESS}. */
    public static Translation snat(InetAddress address) {
        return new Translation(new Fixed(NatType.SNAT, address, 0), 0);
    }

    /** {@code dnat to ADDRESS}. */
    public static Translation dnat(InetAddress address) {
        return new Translation(new Fixed(NatType.DNAT, address, 0), 0);
    }

    /** {@code dnat to ADDRESS:PORT}; the rule compares the transport protocol before. */
    public static Translation dnat(InetAddress address, int port) {
        return new Translation(new Fixed(NatType.DNAT, address, checkPort(port)), 0);
    }

    /**
     * {@code dnat to SELECTOR . SELECTOR map @MAP}; the data is an address, or an address and a
     * port.
     */
    public static Translation dnat(NftSet map, Selector... key) {
        return new Translation(new Mapped(NatType.DNAT, map, List.of(key)), 0);
    }

    /**
     * {@code snat to SELECTOR . SELECTOR map @MAP}; the data is an address, or an address and a
     * port.
     */
    public static Translation snat(NftSet map, Selector... key) {
        return new Translation(new Mapped(NatType.SNAT, map, List.of(key)), 0);
    }

    /** {@code redirect to :PORT}: to this machine; port 0 keeps the port. */
    public static Translation redirect(int port) {
        return new Translation(new Local(port == 0 ? 0 : checkPort(port)), 0);
    }

    /** {@code random}: ports by a seeded hash. */
    public Translation random() {
        return new Translation(target, flags | NatFlags.RANDOM);
    }

    /** {@code fully-random}: ports at random. */
    public Translation fullyRandom() {
        return new Translation(target, flags | NatFlags.FULLY_RANDOM);
    }

    /** {@code persistent}: one client, one address. */
    public Translation persistent() {
        return new Translation(target, flags | NatFlags.PERSISTENT);
    }

    private static int checkPort(int port) {
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
        }
        return port;
    }

    void append(RuleBuilder rule, Family family) {
        Register none = Register.NONE;
        switch (target) {
            case Leaving leaving -> rule.expression(new Masquerade(flags, none, none));
            case Local local -> {
                Register port = none;
                if (local.port != 0) {
                    port = Register.word(0);
                    rule.expression(new Immediate(port, Value.be16(local.port)));
                }
                rule.expression(new Redirect(port, none, flags));
            }
            case Fixed fixed -> fixed(rule, fixed);
            case Mapped mapped -> mapped(rule, mapped, family);
        }
    }

    private void fixed(RuleBuilder rule, Fixed fixed) {
        rule.requireFamilyOf(fixed.address);
        Value address = Value.of(fixed.address);
        Register addressReg = new Register(1);
        Register portReg = Register.NONE;
        rule.expression(new Immediate(addressReg, address));
        if (fixed.port != 0) {
            portReg = new Register(2);
            rule.expression(new Immediate(portReg, Value.be16(fixed.port)));
        }
        int family = nfproto(address.length());
        rule.expression(
                new Nat(
                        fixed.type,
                        family,
                        addressReg,
                        Register.NONE,
                        portReg,
                        Register.NONE,
                        flags));
    }

    private void mapped(RuleBuilder rule, Mapped mapped, Family family) {
        List<DataType> data = mapped.map.data();
        DataType address = data.isEmpty() ? DataType.VERDICT : data.getFirst();
        boolean port = data.size() == 2 && data.getLast() == DataType.INET_SERVICE;
        if ((address != DataType.IPV4_ADDR && address != DataType.IPV6_ADDR)
                || (data.size() > 1 && !port)) {
            throw new IllegalArgumentException(
                    "the map "
                            + mapped.map.name()
                            + " of a translation needs data ADDRESS or ADDRESS . inet_service");
        }
        if ((family == Family.IP && address != DataType.IPV4_ADDR)
                || (family == Family.IP6 && address != DataType.IPV6_ADDR)) {
            throw new IllegalArgumentException(
                    "the family " + family + " cannot translate to " + address.text());
        }
        rule.lookup(mapped.map, mapped.key.toArray(Selector[]::new));
        Register portReg = port ? Register.word(address.length() / 4) : Register.NONE;
        rule.expression(
                new Nat(
                        mapped.type,
                        nfproto(address.length()),
                        Register.word(0),
                        Register.NONE,
                        portReg,
                        Register.NONE,
                        flags));
    }

    private static int nfproto(int addressLength) {
        return addressLength == 4 ? Protocol.IP.nfproto() : Protocol.IP6.nfproto();
    }

    /** To what a translation leads. */
    public sealed interface Target {}

    /** See {@link #masquerade}. */
    public record Leaving() implements Target {}

    /** See {@link #redirect}; port 0 keeps the port. */
    public record Local(int port) implements Target {}

    /** See {@link #dnat(InetAddress, int)}; port 0 keeps the port. */
    public record Fixed(NatType type, InetAddress address, int port) implements Target {}

    /** See {@link #dnat(NftSet, Selector...)}. */
    public record Mapped(NatType type, NftSet map, List<Selector> key) implements Target {
        public Mapped {
            key = List.copyOf(key);
        }
    }
}
