package dev.kakehashi.ipam;

import static dev.kakehashi.ipam.Ips.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigInteger;
import java.util.random.RandomGenerator;

class IpNumberTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "10.1.2.3, 10.1.2.3",
        "::, ::",
        "::1, ::1",
        "2001:db8::, 2001:db8::",
        "2001:0DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "fe80:0:0:0:1:2:3:0, fe80::1:2:3:0",
        "::ffff:10.0.0.1, 10.0.0.1",
    })
    void toString_isTheCanonicalForm(String literal, String canonical) {
        assertThat(ip(literal)).hasToString(canonical);
        assertThat(IpNumber.of(ip(literal).address())).isEqualTo(ip(literal));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.255, 10.0.1.0",
        "255.255.255.255, 0.0.0.0",
        "127.255.255.255, 128.0.0.0",
        "::ffff:ffff:ffff:ffff, 0:0:0:1::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ::",
        "2001:db8::7fff:ffff:ffff:ffff, 2001:db8:0:0:8000::",
    })
    void next_carriesAcrossEveryBoundary(String before, String after) {
        assertThat(ip(before).next()).isEqualTo(ip(after));
        assertThat(ip(after).previous()).isEqualTo(ip(before));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 24, 10.1.2.0, 10.1.2.255",
        "10.1.2.3, 32, 10.1.2.3, 10.1.2.3",
        "10.1.2.3, 0, 0.0.0.0, 255.255.255.255",
        "2001:db8::5, 64, 2001:db8::, 2001:db8::ffff:ffff:ffff:ffff",
        "2001:db8::5, 0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8:1:2:3:4:5:6, 48, 2001:db8:1::, 2001:db8:1:ffff:ffff:ffff:ffff:ffff",
        "2001:db8:1:2:3:4:5:6, 127, 2001:db8:1:2:3:4:5:6, 2001:db8:1:2:3:4:5:7",
        "2001:db8:1:2:3:4:5:6, 128, 2001:db8:1:2:3:4:5:6, 2001:db8:1:2:3:4:5:6",
    })
    void firstOfAndLastOf_areTheEndsOfTheSubnet(
            String address, int length, String first, String last) {
        assertThat(ip(address).firstOf(length)).isEqualTo(ip(first));
        assertThat(ip(address).lastOf(length)).isEqualTo(ip(last));
    }

    @Test
    void arithmetic_agreesWithBigInteger() {
        RandomGenerator random = Seeds.random();
        for (int i = 0; i < 20_000; i++) {
            IpNumber a = random(random);
            IpNumber b = random(random);
            assertThat(Integer.signum(a.compareTo(b))).isEqualTo(big(a).compareTo(big(b)));
            IpNumber low = a.compareTo(b) < 0 ? a : b;
            IpNumber high = a.compareTo(b) < 0 ? b : a;
            BigInteger count = big(high).subtract(big(low)).add(BigInteger.ONE);
            assertThat(low.countTo(high))
                    .as("from %s to %s", low, high)
                    .isEqualTo(count.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
            assertThat(big(a.next()))
                    .isEqualTo(big(a).add(BigInteger.ONE).mod(BigInteger.TWO.pow(128)));
        }
    }

    /** Numbers with many zero or one bits, so that carries happen. */
    private static IpNumber random(RandomGenerator random) {
        return new IpNumber(true, edge(random), edge(random));
    }

    private static long edge(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(3);
            case 1 -> -1L - random.nextInt(3);
            case 2 -> Long.MAX_VALUE - random.nextInt(3) + random.nextInt(6);
            default -> random.nextLong();
        };
    }

    private static BigInteger big(IpNumber number) {
        return new BigInteger(Long.toUnsignedString(number.high()))
                .shiftLeft(64)
                .add(new BigInteger(Long.toUnsignedString(number.low())));
    }
}
