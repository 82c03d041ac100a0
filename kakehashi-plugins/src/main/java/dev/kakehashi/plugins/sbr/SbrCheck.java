package dev.kakehashi.plugins.sbr;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Rule;

import java.net.InetAddress;
import java.util.Optional;

/** One CHECK of {@code sbr}: each address has its rule, and its table a way out. */
final class SbrCheck {

    private final SbrConfig config;
    private final Observed observed;

    SbrCheck(SbrConfig config, Observed observed) {
        this.config = config;
        this.observed = observed;
    }

    void run(Iterable<CniIp> ips) throws CniException {
        for (CniIp ip : ips) {
            int table = table(ip);
            Optional<InetAddress> gateway = config.gateway(ip.address().isIpv4()).or(ip::gateway);
            if (config.table().isEmpty() && gateway.isPresent() && !leadsTo(gateway.get(), table)) {
                throw failed(
                        "sbr: no default route via "
                                + IpText.format(gateway.get())
                                + " in table "
                                + table);
            }
        }
    }

    private int table(CniIp ip) throws CniException {
        IpPrefix source = IpPrefix.host(ip.address().address());
        for (Rule rule : observed.rules()) {
            if (rule.from().filter(source::equals).isPresent()
                    && rule.action() == Rule.Action.LOOKUP
                    && (config.table().isEmpty() || config.table().getAsInt() == rule.table())) {
                return rule.table();
            }
        }
        throw failed(
                "sbr: no rule for packets from "
                        + IpText.format(ip.address().address())
                        + (config.table().isPresent()
                                ? " to table " + config.table().getAsInt()
                                : ""));
    }

    private boolean leadsTo(InetAddress gateway, int table) {
        for (Route route : observed.routes()) {
            if (route.table() == table
                    && route.destination().length() == 0
                    && route.nextHops().stream()
                            .anyMatch(hop -> hop.gateway().filter(gateway::equals).isPresent())) {
                return true;
            }
        }
        return false;
    }
}
