package dev.kakehashi.plugins.tap;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Tun;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.single.InterfaceType;
import dev.kakehashi.plugins.single.NewInterface;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The plugin {@code tap}: gives the container an interface whose other side is a program's, a
 * virtual machine's for example.
 */
public final class TapType implements InterfaceType {

    /** The same for all callers. */
    public static final TapType INSTANCE = new TapType();

    /** Linux documentation, networking/tuntap. */
    private static final Path DEVICE = Path.of("/dev/net/tun");

    private TapType() {}

    @Override
    public String name() {
        return "tap";
    }

    @Override
    public NewInterface plan(PluginRequest request, Workplace place) throws CniException {
        TapConfig config = TapConfig.parse(request);
        if (config.bridge().isPresent()) {
            requireBridge(place, config.bridge().get(), request.ifName());
        }
        return new TapInterface(Attachment.of(request), config);
    }

    private static void requireBridge(Workplace place, String name, String ifName)
            throws CniException {
        Optional<Link> found;
        try {
            found = place.inside().link(name);
        } catch (IOException e) {
            throw Failures.of("failed to get bridge " + name, e);
        }
        if (found.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "failed to get bridge " + name + ": Link not found",
                    "the container has no interface \"" + name + "\"");
        }
        if (found.get().kind().filter(Bridge.class::isInstance).isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "failed to set tap "
                            + ifName
                            + " as a port of bridge "
                            + name
                            + ": it is not a bridge");
        }
    }

    @Override
    public String cannotTake(String ifName) {
        return "failed to rename tap to \"" + ifName + "\"";
    }

    @Override
    public void check(PluginRequest request, Workplace place, Link link)
            throws CniException, IOException {
        TapConfig config = TapConfig.parse(request);
        Tun tun =
                link.kind()
                        .filter(Tun.class::isInstance)
                        .map(Tun.class::cast)
                        .filter(Tun::tap)
                        .orElseThrow(() ->
                                failed(
                                        "Error: Container interface "
                                                + link.name()
                                                + " not of type tap"));
        if (!tun.owner().equals(config.owner())
                || !tun.group().equals(config.group())
                || tun.multiQueue() != config.multiQueue()) {
            throw failed(
                    "Error: tap "
                            + link.name()
                            + " is for others than configured:"
                            + tun.options());
        }
        String master =
                link.master() == 0
                        ? ""
                        : place.inside().link(link.master()).map(Link::name).orElse("");
        if (!master.equals(config.bridge().orElse(master))) {
            throw failed(
                    "Error: tap "
                            + link.name()
                            + " is no port of bridge "
                            + config.bridge().orElse(""));
        }
    }

    @Override
    public void status(PluginRequest request, Workplace place) throws CniException {
        var _ = TapConfig.parse(request);
        if (!Files.exists(DEVICE)) {
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE,
                    "failed to create tap: open " + DEVICE + ": no such file or directory",
                    "load the kernel module tun");
        }
    }
}
