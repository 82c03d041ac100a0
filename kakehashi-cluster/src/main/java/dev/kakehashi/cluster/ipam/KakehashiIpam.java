package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.cluster.ObjectName;
import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniArgs;
import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.ipam.RequestedAddresses;

import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The IPAM plugin {@code kakehashi-ipam}: addresses out of the node's own blocks, by its ledger
 * alone. It needs neither the store nor the agent.
 */
public final class KakehashiIpam implements Plugin {
    /** The plugin's type. */
    public static final String NAME = "kakehashi-ipam";

    /** containerd and CRI-O give a pod's annotations by this capability. */
    public static final String POD_ANNOTATIONS = "io.kubernetes.cri.pod-annotations";

    /**
     * The attribute that names the container's namespace as its runtime does ({@code CNI_NETNS}).
     */
    public static final String NETNS = "netns";

    /** The attribute that names the pod, {@code namespace/name}. */
    static final String POD = "pod";

    private final Ledgers ledgers;
    private final InstantSource sinceBoot;

    private KakehashiIpam(Ledgers ledgers, InstantSource sinceBoot) {
        this.ledgers = ledgers;
        this.sinceBoot = sinceBoot;
    }

    /** The plugin; {@code sinceBoot} is the time since the machine started. */
    public static KakehashiIpam of(Ledgers ledgers, InstantSource sinceBoot) {
        return new KakehashiIpam(ledgers, sinceBoot);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        LedgerDisk disk = disk(request);
        String container = request.containerId();
        try {
            Ledger ledger = desk(disk, request).give(wanted(request));
            List<CniIp> ips = new ArrayList<>(2);
            for (Given given : ledger.of(container, request.ifName())) {
                InetAddress address = given.allocation().address();
                HeldBlock block = ledger.blockOf(address).orElseThrow();
                ips.add(
                        new CniIp(
                                new Cidr(address, block.cidr().length()),
                                block.isBorrowed()
                                        ? Optional.empty()
                                        : Optional.of(BlockAddresses.gateway(block.cidr())),
                                OptionalInt.empty()));
            }
            return new CniResult(List.of(), ips, CniRoute.decodeAll(ipam(request)), CniDns.EMPTY);
        } catch (AddressesExhaustedException e) {
            throw new CniException(
                    CniException.TRY_AGAIN_LATER, NAME + ": " + e.getMessage(), "" + disk);
        } catch (AddressRefusedException e) {
            throw new CniException(
                    CniException.INVALID_CONFIG, NAME + ": " + e.getMessage(), "" + disk);
        } catch (IOException e) {
            throw failed("give an address", e);
        }
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        try {
            desk(disk(request), request).takeBack(request.containerId(), request.ifName());
        } catch (IOException e) {
            throw failed("take back an address", e);
        }
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        List<Given> held = ledger(request).of(request.containerId(), request.ifName());
        if (held.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    NAME + ": the attachment has no address in the ledger",
                    "" + disk(request));
        }
        Set<InetAddress> addresses = new HashSet<>();
        held.forEach(given -> addresses.add(given.allocation().address()));
        Set<InetAddress> expected = new HashSet<>();
        request.requirePrevResult().ips().forEach(ip -> expected.add(ip.address().address()));
        if (!expected.containsAll(addresses)) {
            throw new CniException(
                    CniException.INTERNAL,
                    NAME + ": the previous result lacks an address of the attachment",
                    "the ledger has " + addresses + ", the result " + expected);
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        List<CniAttachment> valid = request.validAttachments();
        try {
            desk(disk(request), request)
                    .takeBackIf(handle -> {
                        boolean dead = !isValid(handle, valid);
                        if (dead) {
                            request.log()
                                    .println(
                                            NAME
                                                    + ": took back the addresses of "
                                                    + handle
                                                    + ", which is not among the valid attachments");
                        }
                        return dead;
                    });
        } catch (IOException e) {
            throw failed("take back addresses", e);
        }
    }

    private static boolean isValid(AllocationHandle handle, List<CniAttachment> valid) {
        for (CniAttachment one : valid) {
            if (handle.isOf(one.containerId(), one.ifName())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        Ledger ledger = ledger(request);
        long now = sinceBoot.millis();
        Optional<String> shortage = Exhaustion.find(ledger, now);
        if (shortage.isPresent()) {
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE,
                    NAME + ": " + shortage.get(),
                    "" + disk(request));
        }
    }

    private AddressRequest wanted(PluginRequest request)
            throws CniException, AddressRefusedException {
        Map<String, String> arguments = CniArgs.parseLenient(request.args());
        String namespace = arguments.getOrDefault("K8S_POD_NAMESPACE", "");
        String pod = arguments.getOrDefault("K8S_POD_NAME", "");
        Map<String, String> attributes = new LinkedHashMap<>();
        if (!request.netns().isEmpty()) {
            attributes.put(NETNS, request.netns());
        }
        if (!pod.isEmpty()) {
            attributes.put(POD, namespace + "/" + pod);
        }
        JsonObject annotations =
                request.runtimeConfig().object(POD_ANNOTATIONS).orElse(JsonObject.EMPTY);
        List<String> pools =
                ChoiceAnnotations.pools(annotations.string(ChoiceAnnotations.POOLS, ""));
        List<InetAddress> addresses = RequestedAddresses.addresses(request);
        return new AddressRequest(
                request.containerId(),
                request.ifName(),
                attributes,
                namespace,
                pools,
                ipam(request).strings("pools"),
                // What the runtime says is about this interface, the annotation about the pod.
                addresses.isEmpty()
                        ? ChoiceAnnotations.addresses(
                                annotations.string(ChoiceAnnotations.ADDRESSES, ""))
                        : addresses);
    }

    private Ledger ledger(PluginRequest request) throws CniException {
        try {
            return disk(request).read();
        } catch (IOException e) {
            throw failed("read the ledger", e);
        }
    }

    private AddressDesk desk(LedgerDisk disk, PluginRequest request) throws CniException {
        return AddressDesk.of(disk, ipam(request).string("node", ""), sinceBoot);
    }

    /** The ledger of the Network: that of the CNI network's name unless ipam names another. */
    private LedgerDisk disk(PluginRequest request) throws CniException {
        String network = ipam(request).string("network", "");
        if (network.isEmpty()) {
            network = request.networkName();
        }
        Optional<String> problem = ObjectName.problemOf(network);
        if (problem.isPresent()) {
            throw new CniException(
                    CniException.INVALID_CONFIG, NAME + ": network: " + problem.get());
        }
        try {
            return ledgers.of(network);
        } catch (IOException e) {
            throw failed("find the ledger", e);
        }
    }

    private static JsonObject ipam(PluginRequest request) throws CniException {
        return request.config().object("ipam").orElse(JsonObject.EMPTY);
    }

    private static CniException failed(String what, IOException e) {
        return new CniException(
                CniException.IO_FAILURE, NAME + ": cannot " + what + ": " + e.getMessage(), e);
    }
}
