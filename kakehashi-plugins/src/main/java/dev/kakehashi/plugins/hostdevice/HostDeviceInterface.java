package dev.kakehashi.plugins.hostdevice;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;

/**
 * A device of the host in a container.
 *
 * @param host the host's namespace; lent
 */
record HostDeviceInterface(HostDevice device, Netns host, String ifName) implements NewInterface {

    @Override
    public LinkBuilder link() {
        return Link.existing(ifName);
    }

    @Override
    public void provide(Workplace place, Undo undo) throws CniException {
        DeviceMove move = new DeviceMove(place, host, ifName);
        move.in(device);
        undo.add(failure -> move.back(device, failure));
    }
}
