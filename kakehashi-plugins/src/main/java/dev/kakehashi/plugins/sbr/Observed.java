package dev.kakehashi.plugins.sbr;

import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Rule;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What there is in a container.
 *
 * @param link the interface
 * @param rules all, of both families
 * @param routes all, of all tables
 */
record Observed(Link link, List<Rule> rules, List<Route> routes) {

    static Observed of(RtNetlink inside, Link link) throws IOException {
        return new Observed(link, inside.rules(), inside.routes());
    }

    /** The routes of the interface in the main table; those that lead elsewhere, too, are not. */
    List<Route> ofInterface() {
        List<Route> own = new ArrayList<>();
        for (Route route : routes) {
            if (route.table() == Route.MAIN
                    && !route.nextHops().isEmpty()
                    && route.nextHops().stream().allMatch(hop -> hop.link() == link.index())) {
                own.add(route);
            }
        }
        return own;
    }

    /** Whether some rule or route is about a table. */
    boolean uses(int table) {
        for (Rule rule : rules) {
            if (rule.table() == table) {
                return true;
            }
        }
        for (Route route : routes) {
            if (route.table() == table) {
                return true;
            }
        }
        return false;
    }

    /**
     * Where the kernel puts a rule that names no priority: before the second one
     * (fib_default_rule_pref(), net/core/fib_rules.c).
     */
    int priority(boolean v4) {
        int seen = 0;
        for (Rule rule : rules) { // the kernel lists each family in order
            if (rule.ipv4() == v4 && ++seen == 2) {
                return Math.max(1, rule.priority() - 1);
            }
        }
        return 32765; // before the rule for the main table
    }
}
