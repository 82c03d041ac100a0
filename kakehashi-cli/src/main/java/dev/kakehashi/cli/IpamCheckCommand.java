package dev.kakehashi.cli;

import dev.kakehashi.agent.node.AttachmentsInKernel;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.ipam.IpamAudit;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi ipam check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Names what does not fit in the store and, with --node on that node, between store,",
            "ledger and kernel. Changes nothing. Exit status 0 when all fits, 1 otherwise."
        })
final class IpamCheckCommand implements Callable<Integer> {
    @Mixin IpamOptions options = new IpamOptions();
    @Mixin IpamNodeOptions local = new IpamNodeOptions();

    @Option(
            names = "--node",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The node this runs on, whose ledger and kernel are looked at too.")
    String node = "";

    @Mixin OutputOption output = new OutputOption();

    @Override
    public Integer call() throws Exception {
        List<IpamAudit.Finding> findings;
        try (Store store = options.open()) {
            List<IpBlock> blocks = IpamOptions.blocks(store);
            findings =
                    new ArrayList<>(
                            IpamAudit.ofStore(
                                    options.network,
                                    IpamOptions.pools(store),
                                    blocks,
                                    IpamOptions.nodes(store)));
            if (!node.isEmpty()) {
                try (RtNetlink kernel = RtNetlink.open()) {
                    findings.addAll(
                            IpamAudit.ofNode(
                                    node,
                                    local.ledger(options.network).read(),
                                    blocks.stream()
                                            .filter(block ->
                                                    block.spec().network().equals(options.network))
                                            .toList(),
                                    new AttachmentsInKernel(kernel, options.network)));
                }
            }
        }
        if (output.format.forPrograms()) {
            JsonValue[] all =
                    findings.stream().map(IpamCheckCommand::json).toArray(JsonValue[]::new);
            output.format.print(
                    System.out, JsonObject.builder().put("findings", JsonArray.of(all)).build());
        } else if (findings.isEmpty()) {
            System.out.println("all fits");
        } else {
            findings.forEach(
                    f -> System.out.println(f.object() + " " + f.problem() + "; " + f.remedy()));
        }
        return findings.isEmpty() ? 0 : 1;
    }

    private static JsonObject json(IpamAudit.Finding finding) {
        return JsonObject.builder()
                .put("object", finding.object())
                .put("problem", finding.problem())
                .put("remedy", finding.remedy())
                .build();
    }
}
