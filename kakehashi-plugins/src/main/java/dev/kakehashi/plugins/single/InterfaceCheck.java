package dev.kakehashi.plugins.single;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.HardwareAddress;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.attachment.ContainerCheck;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Workplace;

import java.io.IOException;

/** One CHECK of such a plugin; it holds for attachments that the reference plugin made, too. */
final class InterfaceCheck {

    private final InterfaceType type;
    private final PluginRequest request;
    private final Workplace place;

    InterfaceCheck(InterfaceType type, PluginRequest request, Workplace place) {
        this.type = type;
        this.request = request;
        this.place = place;
    }

    void run() throws CniException {
        CniResult result =
                request.prevResult()
                        .orElseThrow(() -> failed(type.inWords("Required prevResult missing")));
        if (!type.isInKernel(request)) {
            return;
        }
        CniInterface entry = ContainerCheck.entry(result, request.ifName(), request.netns());
        ContainerCheck check = ContainerCheck.of(place.inside(), request.ifName());
        try {
            Link link =
                    check.link()
                            .orElseThrow(() ->
                                    failed(
                                            type.inWords(
                                                    "Container Interface name in prevResult: "
                                                            + entry.name()
                                                            + " not found")));
            type.check(request, place, link);
            compare(entry, link);
            check.addresses(link, ContainerCheck.ips(result, request.ifName()));
            check.routes(result.routes());
        } catch (IOException e) {
            throw Failures.of("failed to look at \"" + request.ifName() + "\"", e);
        }
    }

    private void compare(CniInterface entry, Link link) throws CniException {
        String mac = link.hardwareAddress().map(HardwareAddress::toString).orElse("");
        if (!entry.mac().isEmpty() && !entry.mac().equals(mac)) {
            throw failed(
                    type.inWords(
                            "Interface "
                                    + entry.name()
                                    + " Mac "
                                    + entry.mac()
                                    + " doesn't match container Mac: "
                                    + mac));
        }
        if (!link.isUp()) {
            throw failed(type.inWords("Interface " + entry.name() + " is down"));
        }
    }
}
