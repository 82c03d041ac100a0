package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.util.List;

class BlockAddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.7/32",
                "10.1.2.192/26",
                "10.1.0.0/24",
                "10.4.0.0/20",
                "fd00:1::40/122",
                "fd00:1::/118"
            })
    void addressesOfABlock_areThoseOfItsIndexes(String cidr) {
        IpPrefix block = IpPrefix.parse(cidr);
        List<InetAddress> addresses = BlockAddresses.of(block);
        assertThat(addresses).hasSize(BlockAddresses.size(block)).doesNotHaveDuplicates();
        for (int index = 0; index < addresses.size(); index++) {
            assertThat(addresses.get(index)).isEqualTo(BlockAddresses.at(block, index));
            assertThat(BlockAddresses.indexOf(block, addresses.get(index))).isEqualTo(index);
            assertThat(block.contains(addresses.get(index))).isTrue();
        }
    }
}
