package dev.kakehashi.linux.iptables;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.expr.Bitwise;
import dev.kakehashi.linux.nft.expr.Cmp;
import dev.kakehashi.linux.nft.expr.CmpOp;
import dev.kakehashi.linux.nft.expr.Counter;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.Immediate;
import dev.kakehashi.linux.nft.expr.Meta;
import dev.kakehashi.linux.nft.expr.MetaKey;
import dev.kakehashi.linux.nft.expr.Payload;
import dev.kakehashi.linux.nft.expr.PayloadBase;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.linux.nft.expr.Verdict;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A line of {@code iptables-save(8)} as the rule of nftables that stands for it where {@code
 * iptables-nft(8)} keeps its rules. Of its several ways to say the same it is the one that all its
 * releases read; the programs print, check and delete it like a rule of their own.
 *
 * @param chain which it is in
 * @param rule what it is in nftables
 * @param word what its message has and those of few others: its comment, else its target
 */
record CompatRule(String chain, Rule rule, String word) {
    private static final Map<String, Integer> PROTOCOLS = Map.of("tcp", 6, "udp", 17);

    /** XT_CONNTRACK_STATE_BIT of IP_CT_ESTABLISHED and IP_CT_RELATED. */
    private static final Map<String, Integer> STATES =
            Map.of("ESTABLISHED", 1 << 1, "RELATED", 1 << 2);

    private static final Register REGISTER = new Register(1);

    /**
     * The rule of a line.
     *
     * @return empty when the line has something in it that this class does not know: it is for the
     *     programs
     */
    static Optional<CompatRule> of(IptablesFamily family, String line) {
        try {
            return new Reader(family, tokens(line)).read();
        } catch (IllegalArgumentException | NoSuchElementException _) {
            return Optional.empty();
        }
    }

    /** The words of a line; what is in quotation marks is one. */
    private static List<String> tokens(String line) {
        List<String> tokens = new ArrayList<>();
        StringBuilder token = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quoted) {
                token.append(line.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                tokens.add(token.toString());
                token.setLength(0);
            } else {
                token.append(c);
            }
        }
        tokens.add(token.toString());
        return tokens;
    }

    /** One line, in the order in which iptables-save prints. */
    private static final class Reader {
        private final IptablesFamily family;
        private final Iterator<String> tokens;
        private final List<Expression> addresses = new ArrayList<>();
        private final List<Expression> others = new ArrayList<>();
        private final List<Expression> matches = new ArrayList<>();
        private String protocol = "";
        private String comment = "";

        Reader(IptablesFamily family, List<String> tokens) {
            this.family = family;
            this.tokens = tokens.iterator();
        }

        Optional<CompatRule> read() {
            expect("-A");
            String chain = tokens.next();
            while (tokens.hasNext()) {
                String token = tokens.next();
                boolean not = token.equals("!");
                switch (not ? tokens.next() : token) {
                    case "-s" -> address(not, true);
                    case "-d" -> address(not, false);
                    case "-i" -> device(not, MetaKey.IIFNAME);
                    case "-o" -> device(not, MetaKey.OIFNAME);
                    case "-p" -> protocol(not);
                    case "-m" -> match(not);
                    case "-j" -> {
                        return Optional.of(target(not, chain));
                    }
                    default -> throw unknown();
                }
            }
            return Optional.empty();
        }

        private void expect(String token) {
            if (!tokens.next().equals(token)) {
                throw unknown();
            }
        }

        private static IllegalArgumentException unknown() {
            return new IllegalArgumentException("for the programs");
        }

        private void address(boolean not, boolean source) {
            IpPrefix prefix = IpPrefix.parse(tokens.next());
            boolean v4 = family == IptablesFamily.IPV4;
            if (prefix.isIpv4() != v4 || prefix.length() == 0 || !prefix.isNetwork()) {
                throw unknown();
            }
            int bytes = prefix.bits() / 8;
            // Where struct iphdr and struct ipv6hdr have the source; the destination is next.
            int offset = (v4 ? 12 : 8) + (source ? 0 : bytes);
            addresses.add(new Payload(PayloadBase.NETWORK, offset, bytes, REGISTER));
            if (prefix.length() < prefix.bits()) {
                mask(addresses, Value.mask(prefix.length(), bytes));
            }
            compare(addresses, not, Value.of(prefix.address()));
        }

        private static void mask(List<Expression> to, Value mask) {
            to.add(new Bitwise(REGISTER, REGISTER, mask, Value.of(new byte[mask.length()])));
        }

        private static void compare(List<Expression> to, boolean not, Value value) {
            to.add(new Cmp(not ? CmpOp.NEQ : CmpOp.EQ, REGISTER, value));
        }

        private void device(boolean not, MetaKey key) {
            String name = tokens.next();
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            if (name.endsWith("+")) {
                throw unknown(); // any name that begins so
            }
            others.add(new Meta(key, REGISTER));
            compare(others, not, Value.of(Arrays.copyOf(bytes, bytes.length + 1)));
        }

        private void protocol(boolean not) {
            protocol = tokens.next();
            Integer number = PROTOCOLS.get(protocol);
            if (not || number == null) {
                throw unknown();
            }
            others.add(new Meta(MetaKey.L4PROTO, REGISTER));
            compare(others, false, Value.u8(number));
        }

        private void match(boolean not) {
            String name = tokens.next();
            if (not) {
                throw unknown();
            }
            switch (name) {
                case "comment" -> {
                    expect("--comment");
                    comment = tokens.next();
                    if (comment.getBytes(StandardCharsets.UTF_8).length
                            >= XtablesInfo.COMMENT_SIZE) {
                        throw unknown();
                    }
                    matches.add(XtablesInfo.comment(comment));
                }
                case "conntrack" -> {
                    expect("--ctstate");
                    matches.add(XtablesInfo.conntrack(states(tokens.next())));
                }
                case "multiport" -> {
                    expect("--dports");
                    List<Integer> ports = new ArrayList<>();
                    for (String port : tokens.next().split(",", -1)) {
                        ports.add(Integer.valueOf(port));
                    }
                    matches.add(XtablesInfo.destinationPorts(ports));
                }
                case "addrtype" -> {
                    expect("--dst-type");
                    expect("LOCAL");
                    matches.add(XtablesInfo.destinationIsLocal());
                }
                case "mark" -> {
                    expect("--mark");
                    Masked mark = Masked.parse(tokens.next());
                    matches.add(new Meta(MetaKey.MARK, REGISTER));
                    mask(matches, Value.host32(mark.mask()));
                    compare(matches, false, Value.host32(mark.value()));
                }
                default -> {
                    if (!name.equals(protocol)) {
                        throw unknown();
                    }
                    expect("--dport");
                    matches.add(XtablesInfo.destinationPort(name, Integer.parseInt(tokens.next())));
                }
            }
        }

        private static int states(String list) {
            int states = 0;
            for (String state : list.split(",", -1)) {
                Integer bit = STATES.get(state);
                if (bit == null) {
                    throw unknown();
                }
                states |= bit;
            }
            return states;
        }

        private CompatRule target(boolean not, String chain) {
            String name = tokens.next();
            Expression target =
                    switch (name) {
                        case "ACCEPT" -> Immediate.verdict(Verdict.ACCEPT);
                        case "DROP" -> Immediate.verdict(Verdict.DROP);
                        case "RETURN" -> Immediate.verdict(Verdict.RETURN);
                        case "MASQUERADE" -> XtablesInfo.masquerade(family);
                        case "MARK" -> {
                            expect("--set-xmark");
                            Masked mark = Masked.parse(tokens.next());
                            yield XtablesInfo.setMark(mark.value(), mark.mask());
                        }
                        case "DNAT" -> {
                            expect("--to-destination");
                            yield destination(tokens.next());
                        }
                        default -> Immediate.verdict(Verdict.jump(name));
                    };
            if (not || tokens.hasNext()) {
                throw unknown();
            }
            List<Expression> all = new ArrayList<>(others);
            all.addAll(addresses);
            all.addAll(matches);
            all.add(new Counter());
            all.add(target);
            return new CompatRule(chain, new Rule(all, ""), comment.isEmpty() ? name : comment);
        }

        private static Expression destination(String endpoint) {
            int colon = endpoint.lastIndexOf(':');
            String address = endpoint.substring(0, colon);
            if (address.startsWith("[")) {
                address = address.substring(1, address.length() - 1);
            }
            return XtablesInfo.destination(
                    IpAddresses.parse(address), Integer.parseInt(endpoint.substring(colon + 1)));
        }
    }

    /** {@code 0x2000/0x2000}. */
    private record Masked(int value, int mask) {
        static Masked parse(String text) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw Reader.unknown();
            }
            return new Masked(
                    Integer.parseUnsignedInt(text.substring(2, slash), 16),
                    Integer.parseUnsignedInt(text.substring(slash + 3), 16));
        }
    }
}
