package dev.kakehashi.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressRangeTest {
    @ParameterizedTest
    @CsvSource({
        "10.244.1.0/24,    '',   false, held",
        "10.244.1.0/28,    main, false, held",
        "10.244.1.0/28,    main, true,  leaving",
        "10.244.1.7/32,    main, false, borrowed",
        "10.244.1.7/32,    main, true,  leaving",
        "fd00:1::7/128,    main, false, borrowed"
    })
    void state_saysWhoseTheAddressesAre(String cidr, String pool, boolean leaving, String state) {
        AddressRange range = new AddressRange(IpPrefix.parse(cidr), pool, 1, 0, leaving);

        assertThat(range.state()).isEqualTo(state);
    }
}
