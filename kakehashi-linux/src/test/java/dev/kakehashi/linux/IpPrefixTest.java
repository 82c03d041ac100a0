package dev.kakehashi.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.random.RandomGenerator;

class IpPrefixTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/24, 10.1.2.3/24, 10.1.2.0/24",
        "10.1.2.3, 10.1.2.3/32, 10.1.2.3/32",
        "0.0.0.0/0, 0.0.0.0/0, 0.0.0.0/0",
        "2001:DB8:0:0:0:0:0:1/64, 2001:db8::1/64, 2001:db8::/64",
        "::/0, ::/0, ::/0",
        "1:0:0:2:0:0:0:3/128, 1:0:0:2::3/128, 1:0:0:2::3/128",
        "1:0:2:3:4:5:6:7/128, 1:0:2:3:4:5:6:7/128, 1:0:2:3:4:5:6:7/128",
    })
    void parse_thenPrint_isCanonical(String text, String canonical, String network) {
        IpPrefix prefix = IpPrefix.parse(text);
        assertThat(prefix).hasToString(canonical);
        assertThat(prefix.network()).hasToString(network);
        assertThat(IpPrefix.parse(canonical)).isEqualTo(prefix);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.1/16",
                "10.1.2.3/33",
                "10.1.2.3/",
                "10.1.2.3/-1",
                "10.1.2.3/+1",
                "10.1.2.3/08",
                "10.1.2.3/1x",
                "::/129",
                "fe80::1%eth0/64",
                "[::1]/64",
                "localhost",
                "010.1.2.3/8",
                "1.2.3.4.5",
                "256.1.1.1/8",
                " 10.0.0.0/8",
                "10.0.0.0/9999999999"
            })
    void parse_anythingElse_isRefusedWithItsText(String text) {
        assertThatThrownBy(() -> IpPrefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Against arithmetic on whole numbers. */
    @Test
    void containsAndOverlaps_agreeWithArithmetic() {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 5000; round++) {
            int octets = random.nextBoolean() ? 4 : 16;
            IpPrefix a = random(random, octets);
            IpPrefix b = random(random, octets);
            int shift = octets * 8 - a.length();
            boolean sameStart =
                    number(a.address())
                            .shiftRight(shift)
                            .equals(number(b.address()).shiftRight(shift));
            assertThat(a.contains(b.address())).isEqualTo(sameStart);
            assertThat(a.contains(b)).isEqualTo(sameStart && b.length() >= a.length());
            assertThat(a.overlaps(b)).isEqualTo(b.overlaps(a));
            assertThat(a.network().isNetwork()).isTrue();
            assertThat(a.contains(a.network())).isTrue();
            assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
            assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
        }
    }

    private static IpPrefix random(RandomGenerator random, int octets) {
        byte[] bytes = new byte[octets];
        // Few different values, so that prefixes meet.
        for (int i = 0; i < octets; i++) {
            bytes[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt(4) : 0x20);
        }
        return new IpPrefix(IpAddresses.of(bytes), random.nextInt(octets * 8 + 1));
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }
}
