package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * What becomes of a packet, or where its way through the rules goes on (enum nft_verdicts).
 *
 * @param code what to do
 * @param chain the chain of {@link Code#JUMP} and {@link Code#GOTO}, else empty
 */
public record Verdict(Code code, String chain) implements Data {
    private static final int NFTA_VERDICT_CODE = 1;
    private static final int NFTA_VERDICT_CHAIN = 2;

    public static final Verdict ACCEPT = new Verdict(Code.ACCEPT, "");
    public static final Verdict DROP = new Verdict(Code.DROP, "");
    public static final Verdict RETURN = new Verdict(Code.RETURN, "");
    public static final Verdict CONTINUE = new Verdict(Code.CONTINUE, "");

    public Verdict {
        if (code.namesChain == chain.isEmpty()) {
            throw new IllegalArgumentException(
                    code.namesChain
                            ? code.text + " needs a chain"
                            : code.text + " has no chain, not " + chain);
        }
    }

    /** Go on in a chain and come back at its end. */
    public static Verdict jump(String chain) {
        return new Verdict(Code.JUMP, chain);
    }

    /** Go on in a chain for good. */
    public static Verdict goTo(String chain) {
        return new Verdict(Code.GOTO, chain);
    }

    void writeVerdict(MessageWriter writer, int type) {
        int nested = writer.begin(type);
        writer.be32(NFTA_VERDICT_CODE, code.number);
        if (code.namesChain) {
            writer.string(NFTA_VERDICT_CHAIN, chain);
        }
        writer.end(nested);
    }

    static Verdict read(Attributes attributes) throws MalformedMessageException {
        int number = 0;
        String chain = "";
        while (attributes.next()) {
            Attribute attribute = attributes.attribute();
            switch (attribute.type()) {
                case NFTA_VERDICT_CODE -> number = attribute.be32();
                case NFTA_VERDICT_CHAIN -> chain = attribute.string();
                default -> {}
            }
        }
        return new Verdict(Code.of(number), chain);
    }

    /** As nft writes it, e.g. {@code jump services}. */
    @Override
    public String toString() {
        return code.namesChain ? code.text + " " + chain : code.text;
    }

    /** The verdict codes of linux/netfilter.h and nf_tables.h. */
    public enum Code {
        DROP(0, "drop", false),
        ACCEPT(1, "accept", false),
        STOLEN(2, "stolen", false),
        QUEUE(3, "queue", false),
        CONTINUE(-1, "continue", false),
        BREAK(-2, "break", false),
        JUMP(-3, "jump", true),
        GOTO(-4, "goto", true),
        RETURN(-5, "return", false);

        private final int number;
        private final String text;
        private final boolean namesChain;

        Code(int number, String text, boolean namesChain) {
            this.number = number;
            this.text = text;
            this.namesChain = namesChain;
        }

        /** The kernel's number. */
        public int number() {
            return number;
        }

        /** nft's word. */
        public String text() {
            return text;
        }

        /**
         * The code of a number; the upper bits of a queue verdict carry the queue and are ignored.
         */
        static Code of(int number) {
            for (Code code : values()) {
                if (code.number == number) {
                    return code;
                }
            }
            if (number > 0 && (number & 0xff) == QUEUE.number) {
                return QUEUE;
            }
            throw new IllegalArgumentException("unknown nftables verdict " + number);
        }
    }
}
