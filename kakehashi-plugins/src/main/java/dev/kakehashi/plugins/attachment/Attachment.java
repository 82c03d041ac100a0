package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * One interface of one container in one network: what everything that ADD makes is made for, and
 * what DEL and GC find it by.
 *
 * @param network the network's name
 * @param containerId CNI_CONTAINERID
 * @param ifName CNI_IFNAME
 */
public record Attachment(String network, String containerId, String ifName) {

    /** So that the alias of a link holds it: {@code IFALIASZ} less our prefix (linux/if.h). */
    private static final int MAX_OWNER = 240;

    /**
     * The attachment that a request is about.
     *
     * @throws CniException code 4 when no interface can have its name
     */
    public static Attachment of(PluginRequest request) throws CniException {
        HostInterfaceName.requireLiteral(request.ifName(), CniException.INVALID_ENVIRONMENT);
        return new Attachment(request.networkName(), request.containerId(), request.ifName());
    }

    /** An attachment of this network as the runtime lists it for GC. */
    public static Attachment of(String network, CniAttachment valid) {
        return new Attachment(network, valid.containerId(), valid.ifName());
    }

    /**
     * Whom its links are for, as their alias says: {@code NETWORK/CONTAINER/IFNAME}. A text that is
     * too long for an alias is cut and told apart by its hash.
     */
    public String owner() {
        String text = network + "/" + containerId + "/" + ifName;
        return text.length() <= MAX_OWNER
                ? text
                : text.substring(0, MAX_OWNER - 17) + "~" + Sha512.hex(text, 16);
    }

    /**
     * A name for the host end of its veth pair, {@code veth} and eight hexadecimal digits like the
     * reference plugins', which NetworkManager and systemd leave alone. It follows from the
     * attachment, so that DEL finds the link when the container's namespace is gone.
     *
     * @param attempt 0, and more when the name of the attempt before is another attachment's
     */
    public String hostVethName(int attempt) {
        CRC32C checksum = new CRC32C();
        checksum.update(owner().getBytes(StandardCharsets.UTF_8));
        checksum.update(attempt);
        return "veth" + HexFormat.of().toHexDigits((int) checksum.getValue());
    }
}
