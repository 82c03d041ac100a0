package dev.kakehashi.ipam.dhcp6;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who asks: a container, and which of its interfaces.
 *
 * @param duid DHCP unique identifier (RFC 8415, section 11)
 * @param iaid which interface
 */
@SuppressWarnings("ArrayRecordComponent") // compared by sameAs
public record Client6(byte[] duid, int iaid) {

    /** DUID-UUID (RFC 6355). */
    private static final int UUID = 4;

    private static final int UUID_LENGTH = 16;

    /**
     * A container as a client: DUID-UUID, from the container's name, and the number of the
     * interface from its own and the network's. They follow from the names so that they are the
     * same in every process, and that a container of the same name is the same client.
     */
    public static Client6 of(String container, String network, String ifName) {
        byte[] hash = sha256(container);
        byte[] uuid = Arrays.copyOf(hash, UUID_LENGTH);
        uuid[6] = (byte) ((uuid[6] & 0x0f) | 0x80); // version 8: of the maker's own (RFC 9562)
        uuid[8] = (byte) ((uuid[8] & 0x3f) | 0x80);
        return new Client6(
                ByteBuffer.allocate(Short.BYTES + UUID_LENGTH)
                        .putShort((short) UUID)
                        .put(uuid)
                        .array(),
                ByteBuffer.wrap(sha256(network + "/" + ifName)).getInt());
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether a message is for this client. */
    boolean isMeant(Dhcp6Message message) {
        return message.find(Dhcp6Option.CLIENT_ID)
                .filter(option -> Arrays.equals(option.value(), duid))
                .isPresent();
    }

    /**
     * The options of its messages.
     *
     * @param elapsedMillis since the first message of an exchange
     */
    List<Dhcp6Option> options(long elapsedMillis, Dhcp6Option association) {
        List<Dhcp6Option> options = new ArrayList<>();
        options.add(new Dhcp6Option(Dhcp6Option.CLIENT_ID, duid));
        options.add(association);
        options.add(
                Dhcp6Option.shorts(
                        Dhcp6Option.REQUESTED, Dhcp6Option.NAME_SERVERS, Dhcp6Option.DOMAIN_LIST));
        options.add(
                Dhcp6Option.shorts(
                        Dhcp6Option.ELAPSED, (int) Math.min(0xffff, elapsedMillis / 10)));
        return options;
    }
}
