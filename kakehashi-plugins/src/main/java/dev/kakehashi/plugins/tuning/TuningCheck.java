package dev.kakehashi.plugins.tuning;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.sysctl.SysctlName;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One CHECK of {@code tuning}, in the reference plugin's words. */
final class TuningCheck {

    private final TuningConfig config;
    private final String ifName;
    private final Workplace place;

    TuningCheck(TuningConfig config, String ifName, Workplace place) {
        this.config = config;
        this.ifName = ifName;
        this.place = place;
    }

    void run() throws CniException {
        try {
            if (!config.sysctls().isEmpty()) {
                switches();
            }
            Link link =
                    place.inside()
                            .link(ifName)
                            .orElseThrow(() -> failed("Cannot find container link " + ifName));
            attributes(link);
        } catch (IOException e) {
            throw Failures.of("failed to look at \"" + ifName + "\"", e);
        }
    }

    private void switches() throws CniException, IOException {
        Map<Sysctl, String> found = new LinkedHashMap<>();
        place.container()
                .<IOException>run(() -> {
                    for (Sysctl sysctl : config.sysctls()) {
                        found.put(sysctl, read(sysctl));
                    }
                });
        for (Map.Entry<Sysctl, String> entry : found.entrySet()) {
            String wanted = entry.getKey().value();
            if (!dev.kakehashi.linux.sysctl.Sysctl.same(wanted, entry.getValue())) {
                throw differs(
                        "value of /proc/sys/" + entry.getKey().file(), wanted, entry.getValue());
            }
        }
    }

    /** A switch that can only be written, like {@code route/flush}, is as it should be. */
    private static String read(Sysctl sysctl) throws IOException {
        try {
            return dev.kakehashi.linux.sysctl.Sysctl.read(
                    SysctlName.of(sysctl.file().split("/", -1)));
        } catch (LinuxException e) {
            if (e.is(Errno.EACCES) || e.is(Errno.EPERM)) {
                return sysctl.value();
            }
            throw e;
        }
    }

    private void attributes(Link link) throws CniException {
        Optional<MacAddress> mac = config.mac();
        if (mac.isPresent() && !mac.equals(link.mac())) {
            String found = link.mac().map(MacAddress::toString).orElse("");
            throw differs("Ethernet of " + ifName, mac.get().toString(), found);
        }
        if (config.promiscuous() && !link.isPromiscuous()) {
            throw failed(
                    "Error: Tuning link "
                            + ifName
                            + " configured promisc is true, current value is "
                            + link.promiscuity());
        }
        if (config.mtu().isPresent() && config.mtu().getAsInt() != link.mtu()) {
            throw differs("MTU of " + ifName, config.mtu().getAsInt(), link.mtu());
        }
        if (config.allMulticast().isPresent()
                && config.allMulticast().get() != link.isAllMulticast()) {
            throw differs(
                    "all-multicast mode of " + ifName,
                    config.allMulticast().get(),
                    link.isAllMulticast());
        }
        if (config.txQueueLength().isPresent()
                && config.txQueueLength().getAsInt() != link.txQueueLength()) {
            throw differs(
                    "Transmit Queue Length of " + ifName,
                    config.txQueueLength().getAsInt(),
                    link.txQueueLength());
        }
    }

    private static CniException differs(String what, Object wanted, Object found) {
        return failed(
                "Error: Tuning configured "
                        + what
                        + " is "
                        + wanted
                        + ", current value is "
                        + found);
    }
}
