package dev.kakehashi.cni.result;

/**
 * An interface an attachment made or uses (SPEC "ADD Success": {@code interfaces}). Texts are empty
 * where unknown.
 *
 * @param name the device's name
 * @param mac the hardware address as text, {@code c2:11:22:33:44:55}
 * @param mtu in bytes; 0 when not told
 * @param sandbox path of the container's network namespace; empty for an interface of the host
 * @param socketPath path of a vhost-user socket (1.1.0)
 * @param pciId address of a PCI device (1.1.0)
 */
public record CniInterface(
        String name, String mac, int mtu, String sandbox, String socketPath, String pciId) {

    /** An interface in the host's namespace. */
    public static CniInterface onHost(String name, String mac) {
        return new CniInterface(name, mac, 0, "", "", "");
    }

    /** An interface in the container. */
    public static CniInterface inContainer(String name, String mac, String sandbox) {
        return new CniInterface(name, mac, 0, sandbox, "", "");
    }

    /** The same with an MTU in bytes. */
    public CniInterface withMtu(int bytes) {
        return new CniInterface(name, mac, bytes, sandbox, socketPath, pciId);
    }
}
