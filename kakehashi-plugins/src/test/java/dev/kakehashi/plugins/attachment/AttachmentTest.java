package dev.kakehashi.plugins.attachment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.random.RandomGenerator;

class AttachmentTest {

    @Test
    void hostVethName_looksLikeTheReferences_andTellsAttachmentsApart() {
        Attachment one = new Attachment("net", "abc", "eth0");
        assertThat(one.hostVethName(0)).matches("veth[0-9a-f]{8}");
        assertThat(one.hostVethName(0))
                .isEqualTo(new Attachment("net", "abc", "eth0").hostVethName(0))
                .isNotEqualTo(one.hostVethName(1))
                .isNotEqualTo(new Attachment("net", "abc", "eth1").hostVethName(0))
                .isNotEqualTo(new Attachment("net2", "abc", "eth0").hostVethName(0));
    }

    @Test
    void owner_ofAnyLength_fitsAnAlias() {
        Attachment longOne = new Attachment("n".repeat(300), "c".repeat(300), "eth0");
        Attachment other = new Attachment("n".repeat(300), "c".repeat(300), "eth1");
        Link.veth("veth0", LinkRef.container("eth0")).owner(longOne.owner()).build();
        assertThat(longOne.owner()).isNotEqualTo(other.owner());
    }

    @Test
    void randomMac_isAUnicastAddressOfTheLocallyAdministeredKind() {
        RandomGenerator random = Seeds.random();
        for (int i = 0; i < 1000; i++) {
            MacAddress mac = Veth.randomMac(random);
            assertThat(mac.isMulticast()).isFalse();
            assertThat(mac.isLocallyAdministered()).isTrue();
        }
    }

    @Test
    void nameThatTheKernelTakesForAPattern_isRefused() {
        for (String name : new String[] {"eth%d", "%", "a\u0001b"}) {
            assertThatThrownBy(() ->
                            Attachment.of(
                                    Calls.with("{'name': 'n'}")
                                            .container("c", name)
                                            .request(CniCommand.ADD)))
                    .isInstanceOfSatisfying(
                            CniException.class, e -> assertThat(e.code()).isEqualTo(4));
            assertThatThrownBy(() -> HostInterfaceName.check(name))
                    .isInstanceOfSatisfying(
                            CniException.class, e -> assertThat(e.code()).isEqualTo(7));
        }
    }
}
