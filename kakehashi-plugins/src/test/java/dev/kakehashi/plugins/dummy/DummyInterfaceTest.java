package dev.kakehashi.plugins.dummy;

import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.InterfaceState;

import org.junit.jupiter.api.Test;

class DummyInterfaceTest {

    @Test
    void layer3_isADummyWithAddresses() throws Exception {
        GoldenPlan.assertPlan(
                InterfaceState.layer3(
                        new DummyInterface(new Attachment("net", "container-1", "eth0")),
                        ResultCodec.decode(
                                Calls.parse(
                                        "{'cniVersion': '1.1.0', 'ips': [{'address':"
                                                + " '10.1.2.2/32'}, {'address':"
                                                + " '2001:db8:42::2/128'}]}"))),
                "dummy");
    }
}
