package dev.kakehashi.plugins.tuning;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.Sysctl;

import java.util.ArrayList;
import java.util.List;

/** What {@code tuning} wants of a container. Pure. */
final class TuningState {

    private TuningState() {}

    /** The switches and the attributes of the interface. */
    static DesiredState compile(TuningConfig config, String ifName) {
        DesiredState.Builder state = DesiredState.builder();
        for (Sysctl sysctl : config.sysctls()) {
            state.container(sysctl);
        }
        if (config.changesInterface()) {
            LinkBuilder link = Link.existing(ifName);
            config.mac().ifPresent(link::mac);
            if (config.promiscuous()) {
                link.promiscuous(true);
            }
            config.mtu().ifPresent(link::mtu);
            config.allMulticast().ifPresent(link::allMulticast);
            config.txQueueLength().ifPresent(link::txQueueLength);
            state.container(link.build());
        }
        return state.build();
    }

    /** The attributes that an interface had before. */
    static DesiredState compile(Backup backup, String ifName) {
        LinkBuilder link = Link.existing(ifName);
        backup.mac().ifPresent(link::mac);
        backup.promiscuous().ifPresent(link::promiscuous);
        backup.mtu().ifPresent(link::mtu);
        backup.allMulticast().ifPresent(link::allMulticast);
        backup.txQueueLength().ifPresent(link::txQueueLength);
        return only(link);
    }

    private static DesiredState only(LinkBuilder link) {
        return DesiredState.builder().container(link.build()).build();
    }

    /** The same, each by itself. */
    static List<DesiredState> oneByOne(Backup backup, String ifName) {
        List<DesiredState> states = new ArrayList<>(5);
        backup.mtu().ifPresent(mtu -> states.add(only(Link.existing(ifName).mtu(mtu))));
        backup.mac().ifPresent(mac -> states.add(only(Link.existing(ifName).mac(mac))));
        backup.promiscuous()
                .ifPresent(on -> states.add(only(Link.existing(ifName).promiscuous(on))));
        backup.allMulticast()
                .ifPresent(on -> states.add(only(Link.existing(ifName).allMulticast(on))));
        backup.txQueueLength()
                .ifPresent(length -> states.add(only(Link.existing(ifName).txQueueLength(length))));
        return states;
    }
}
