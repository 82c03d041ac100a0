package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.masquerade.Backend;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class BridgeStateTest {

    private static final MacAddress BRIDGE = MacAddress.parse("02:00:00:00:00:01");
    private static final Attachment ATTACHMENT = new Attachment("net", "container-1", "eth0");
    private static final Veth VETH =
            new Veth(
                    ATTACHMENT.hostVethName(0),
                    MacAddress.parse("02:00:00:00:00:02"),
                    "eth0",
                    MacAddress.parse("02:00:00:00:00:03"));

    private static final String DUAL_STACK =
            "{'cniVersion': '1.1.0', 'ips': [{'address': '10.1.2.2/24'}, {'address':"
                    + " '2001:db8:42::2/64'}], 'routes': [{'dst': '10.9.0.0/16', 'gw': '10.1.2.9',"
                    + " 'mtu': 1300}]}";

    private static BridgeConfig config(String keys) throws Exception {
        return BridgeConfig.parse(
                Calls.with(
                                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge'%s}"
                                        .formatted(keys))
                        .request(CniCommand.ADD));
    }

    private static void layer2(String name, String keys) throws Exception {
        BridgeConfig config = config(keys);
        GoldenPlan.assertPlan(
                new BridgeState(config, ATTACHMENT, VETH)
                        .layer2(NewBridgePort.kind(config), BRIDGE),
                name);
    }

    private static void layer3(String name, String keys, Optional<Backend> masquerade)
            throws Exception {
        BridgeConfig config = config(keys + ", 'ipam': {'type': 'host-local'}");
        CniResult result =
                Gateways.complete(config, ResultCodec.decode(Calls.parse(DUAL_STACK)), 2);
        Optional<VlanGateway> gateway =
                VlanGateway.nameFor(config)
                        .map(link ->
                                VlanGateway.create(
                                        link,
                                        config,
                                        MacAddress.parse("02:00:00:00:00:04"),
                                        MacAddress.parse("02:00:00:00:00:05"),
                                        config.mtu()));
        GoldenPlan.assertPlan(
                new BridgeState(config, ATTACHMENT, VETH)
                        .layer3(
                                NewBridgePort.kind(config),
                                BRIDGE,
                                result,
                                Gateways.of(result.ips()),
                                gateway,
                                masquerade),
                name);
    }

    @Test
    void layer2_isThePairAndThePort() throws Exception {
        layer2("bridge-layer2", "");
    }

    @Test
    void layer2_hasEveryAttributeOfThePort() throws Exception {
        layer2(
                "bridge-port",
                ", 'bridge': 'br7', 'mtu': 1400, 'hairpinMode': true, 'portIsolation': true,"
                        + " 'macspoofchk': true, 'disableContainerInterface': true");
    }

    @Test
    void layer2_isInItsVlans() throws Exception {
        layer2("bridge-vlans", ", 'vlan': 100, 'vlanTrunk': [{'minID': 200, 'maxID': 210}]");
    }

    @Test
    void layer3_hasAddressesRoutesGatewaysAndMasquerade() throws Exception {
        layer3("bridge-masquerade", ", 'isDefaultGateway': true", Optional.of(Backend.NFTABLES));
    }

    @Test
    void layer3_ofAVlan_hasItsGatewayOnALinkOfItsOwn() throws Exception {
        layer3("bridge-vlan-gateway", ", 'isGateway': true, 'vlan': 100", Optional.empty());
    }

    @Test
    void layer3_withoutGateway_hasAddressesOnly() throws Exception {
        layer3("bridge-addresses", ", 'enabledad': true, 'promiscMode': true", Optional.empty());
    }

    @Test
    void again_ofAVlan_asksNothingOfTheBridgeThatAddDidNot() throws Exception {
        BridgeConfig config =
                config(", 'isGateway': true, 'vlan': 100, 'ipam': {'type': 'host-local'}");
        CniResult result =
                Gateways.complete(config, ResultCodec.decode(Calls.parse(DUAL_STACK)), 2);
        GoldenPlan.assertPlan(
                BridgeType.INSTANCE.again(config, ATTACHMENT, VETH, result),
                "bridge-vlan-gateway-again");
    }
}
