package dev.kakehashi.plugins.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

/** A container on a bridge that nobody gave an address. */
@KernelTest
class UnaddressedContainerTest {
    @Test
    void keepsApart_isNotTrueForWantOfFamiliesToLookAt(TestNamespaces namespaces) throws Exception {
        Netns host = namespaces.create();
        Admission admission =
                new Admission(
                        new Attachment("net", "container-1", "eth0"),
                        List.of(),
                        FirewallConfigTest.parse("'ingressPolicy': 'isolated'"),
                        Optional.of("br0"));
        assertThat(new IptablesAdmissions(host).keepsApart(admission)).isFalse();
    }
}
