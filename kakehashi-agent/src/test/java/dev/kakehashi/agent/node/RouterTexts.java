package dev.kakehashi.agent.node;

import java.util.List;
import java.util.function.Function;

/** What routers of a fabric are told of its nodes, in the languages of FRR and of BIRD. */
final class RouterTexts {
    /** The nodes that routers know of. */
    private static final List<Integer> NEIGHBOURS = List.of(1, 2);

    private RouterTexts() {}

    /**
     * Lines of FRR's {@code router bgp}: the nodes as neighbours, each with routes of its own
     * family.
     *
     * @param neighbour lines for each neighbour, which is called {@code %}
     * @param routes lines for each neighbour among the routes of a family
     * @param more lines for the routes of a family
     */
    static String frr(
            List<FabricFamily> families,
            String neighbour,
            String routes,
            Function<FabricFamily, String> more) {
        StringBuilder text = new StringBuilder("bgp router-id 192.0.2.254\n");
        text.append("no bgp default ipv4-unicast\n");
        for (FabricFamily family : families) {
            text.append(each(family, neighbour));
        }
        for (FabricFamily family : families) {
            text.append("address-family " + family.word() + " unicast\n")
                    .append(each(family, "neighbor % activate\n" + routes))
                    .append(more.apply(family))
                    .append("exit-address-family\n");
        }
        return text.toString();
    }

    private static String each(FabricFamily family, String lines) {
        StringBuilder text = new StringBuilder();
        NEIGHBOURS.forEach(i -> text.append(lines.replace("%", family.on(i))));
        return text.toString();
    }

    /**
     * What a BIRD of the fabric is told: to know its kernel's routes, and the nodes as neighbours,
     * each with routes of its own family.
     *
     * @param n its number on the nodes' segment
     * @param asNumber its AS
     * @param neighbour what each session is
     * @param routes what its channel is
     */
    static String bird(
            List<FabricFamily> families,
            int n,
            long asNumber,
            String neighbour,
            Function<FabricFamily, String> routes) {
        StringBuilder text = new StringBuilder("router id 192.0.2." + n + ";\n");
        for (FabricFamily family : families) {
            text.append(kernel(family));
            for (int i : NEIGHBOURS) {
                text.append(
                        "protocol bgp %1$s_%2$d { local %3$s as %7$d; neighbor %4$s as 64512; %5$s; %1$s { %6$s }; }\n"
                                .formatted(
                                        family.word(),
                                        i,
                                        family.on(n),
                                        family.on(i),
                                        neighbour,
                                        routes.apply(family),
                                        asNumber));
            }
        }
        return text.toString();
    }

    /** A BIRD that takes the kernel's routes and gives it those of BGP. */
    static String kernel(FabricFamily family) {
        return "protocol kernel { %1$s { import all; export where source = RTS_BGP; }; learn; }\nprotocol direct { %1$s; }\n"
                .formatted(family.word());
    }
}
