package dev.kakehashi.plugins.single;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.attachment.ContainerSide;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;

/** What an attachment of one interface is in the kernel. Pure. */
public final class InterfaceState {

    private InterfaceState() {}

    /** The interface alone, left down: for address management that needs it (DHCP). */
    public static DesiredState link(NewInterface made) {
        return DesiredState.builder().container(made.link().build()).build();
    }

    /** The whole of an attachment without addresses. */
    public static DesiredState layer2(NewInterface made) {
        return DesiredState.builder().container(made.link().up(true).build()).build();
    }

    /**
     * The whole of an attachment with addresses.
     *
     * @throws CniException code 7 for a route the kernel could not take
     */
    public static DesiredState layer3(NewInterface made, CniResult result) throws CniException {
        Link link = made.link().up(true).build();
        String ifName = link.name();
        DesiredState.Builder state = DesiredState.builder().container(link);
        made.switches().forEach(state::container);
        ContainerSide.ipv6Switches(ifName, result.ips()).forEach(state::container);
        for (Address address : ContainerSide.addresses(ifName, result.ips())) {
            state.container(
                    address.prefix().isIpv4() || made.hasNeighbours()
                            ? address
                            : address.withoutDad());
        }
        ContainerSide.routes(ifName, result.ips(), result.routes()).forEach(state::container);
        return state.build();
    }
}
