package dev.kakehashi.plugins.tuning;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.Sysctl;

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
        return DesiredState.builder().container(link.build()).build();
    }
}
