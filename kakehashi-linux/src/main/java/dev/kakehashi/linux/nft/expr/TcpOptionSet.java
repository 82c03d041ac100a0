package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Writes into an option of the TCP header. The kernel lowers a maximum segment size but never
 * raises it.
 *
 * @param option the option's number (IANA TCP option kinds)
 * @param offset bytes from the option's beginning
 * @param length bytes
 * @param sreg where from, in network order
 */
public record TcpOptionSet(int option, int offset, int length, Register sreg)
        implements Expression {
    /** The option "maximum segment size". */
    public static final int MAXSEG = 2;

    static final int NFTA_EXTHDR_SREG = 7;
    private static final int NFTA_EXTHDR_TYPE = 2;
    private static final int NFTA_EXTHDR_OFFSET = 3;
    private static final int NFTA_EXTHDR_LEN = 4;
    private static final int NFTA_EXTHDR_FLAGS = 5;
    private static final int NFTA_EXTHDR_OP = 6;
    private static final int NFT_EXTHDR_OP_TCPOPT = 1;

    @Override
    public String kind() {
        return "exthdr";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        sreg.write(writer, NFTA_EXTHDR_SREG);
        writer.u8(NFTA_EXTHDR_TYPE, option);
        writer.be32(NFTA_EXTHDR_OFFSET, offset);
        writer.be32(NFTA_EXTHDR_LEN, length);
        writer.be32(NFTA_EXTHDR_OP, NFT_EXTHDR_OP_TCPOPT);
    }

    static TcpOptionSet read(Fields f) throws MalformedMessageException {
        // The kernel reports flags but takes none.
        if (f.be32(NFTA_EXTHDR_OP, 0) != NFT_EXTHDR_OP_TCPOPT
                || f.be32(NFTA_EXTHDR_FLAGS, 0) != 0) {
            throw new IllegalArgumentException("not a TCP option");
        }
        return new TcpOptionSet(
                f.u8(NFTA_EXTHDR_TYPE, 0),
                f.be32(NFTA_EXTHDR_OFFSET, 0),
                f.be32(NFTA_EXTHDR_LEN, 0),
                f.register(NFTA_EXTHDR_SREG));
    }
}
