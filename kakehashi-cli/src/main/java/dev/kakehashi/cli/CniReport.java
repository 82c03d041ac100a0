package dev.kakehashi.cli;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.cni.result.EncodedResult;
import dev.kakehashi.cni.runtime.AttachmentCache;
import dev.kakehashi.cni.runtime.CachedAttachment;
import dev.kakehashi.cni.runtime.CniArg;
import dev.kakehashi.cni.runtime.RuntimeConf;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code kakehashi cni} prints of attachments. */
final class CniReport {
    private CniReport() {}

    /** A result as a table: interfaces, then addresses, then routes. */
    static void result(PrintStream out, EncodedResult encoded) throws CniException {
        CniResult result = encoded.decode();
        Table interfaces = Table.of("INTERFACE", "MAC", "NAMESPACE");
        for (CniInterface link : result.interfaces()) {
            interfaces.row(
                    link.name(), link.mac(), link.sandbox().isEmpty() ? "host" : link.sandbox());
        }
        interfaces.print(out);
        Table addresses = Table.of("ADDRESS", "GATEWAY", "INTERFACE");
        for (CniIp ip : result.ips()) {
            addresses.row(
                    ip.address(), ip.gateway().map(IpText::format).orElse(""), owner(result, ip));
        }
        out.println();
        addresses.print(out);
        if (!result.routes().isEmpty()) {
            Table routes = Table.of("ROUTE", "VIA");
            for (CniRoute route : result.routes()) {
                routes.row(route.destination(), route.gateway().map(IpText::format).orElse(""));
            }
            out.println();
            routes.print(out);
        }
    }

    private static String owner(CniResult result, CniIp ip) {
        int index = ip.interfaceIndex().orElse(-1);
        return index >= 0 && index < result.interfaces().size()
                ? result.interfaces().get(index).name()
                : "";
    }

    /** The attachments in one of the forms of {@code -o}. */
    static void attachments(
            PrintStream out,
            OutputFormat output,
            AttachmentCache cache,
            List<CachedAttachment> attachments) {
        if (output.forPrograms()) {
            JsonValue[] all =
                    attachments.stream().map(a -> json(cache, a)).toArray(JsonValue[]::new);
            output.print(out, JsonObject.builder().put("attachments", JsonArray.of(all)).build());
            return;
        }
        boolean wide = output == OutputFormat.WIDE;
        List<String> heads =
                new ArrayList<>(List.of("NETWORK", "CONTAINER", "INTERFACE", "ADDRESSES"));
        if (wide) {
            heads.addAll(List.of("NETNS", "THERE"));
        }
        Table table = Table.of(heads);
        for (CachedAttachment attachment : attachments) {
            RuntimeConf conf = attachment.conf();
            List<Object> row =
                    new ArrayList<>(
                            List.of(
                                    attachment.networkName(),
                                    conf.containerId(),
                                    conf.ifName(),
                                    addresses(cache, attachment)));
            if (wide) {
                row.add(conf.netns());
                row.add(
                        exists(conf)
                                ? new Table.Cell("yes", Style.GOOD)
                                : new Table.Cell("no", Style.BAD));
            }
            table.row(row.toArray());
        }
        table.print(out);
    }

    private static boolean exists(RuntimeConf conf) {
        return !conf.netns().isEmpty() && Files.exists(Path.of(conf.netns()));
    }

    private static String addresses(AttachmentCache cache, CachedAttachment attachment) {
        try {
            Optional<EncodedResult> result = result(cache, attachment);
            return result.isEmpty()
                    ? ""
                    : String.join(
                            ",",
                            result.get().decode().ips().stream()
                                    .map(ip -> ip.address().toString())
                                    .toList());
        } catch (CniException e) {
            return "unreadable: " + e.msg();
        }
    }

    private static Optional<EncodedResult> result(
            AttachmentCache cache, CachedAttachment attachment) throws CniException {
        return cache.result(
                attachment.networkName(), CniVersion.CURRENT.toString(), attachment.conf());
    }

    private static JsonObject json(AttachmentCache cache, CachedAttachment attachment) {
        RuntimeConf conf = attachment.conf();
        JsonObject.Builder out =
                JsonObject.builder()
                        .put("network", attachment.networkName())
                        .put("containerId", conf.containerId())
                        .put("ifName", conf.ifName())
                        .put("netns", conf.netns())
                        .put("netnsExists", exists(conf));
        if (!conf.args().isEmpty()) {
            JsonObject.Builder args = JsonObject.builder();
            for (CniArg arg : conf.args()) {
                args.put(arg.key(), arg.value());
            }
            out.put("args", args.build());
        }
        if (!conf.capabilityArgs().isEmpty()) {
            out.put("capabilityArgs", conf.capabilityArgs());
        }
        try {
            result(cache, attachment).ifPresent(result -> out.put("result", result.json()));
        } catch (CniException e) {
            out.put("unreadable", e.msg());
        }
        return out.build();
    }
}
