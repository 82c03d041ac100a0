package dev.kakehashi.ipam;

import static dev.kakehashi.ipam.Ips.ip;
import static dev.kakehashi.ipam.Ips.range;
import static dev.kakehashi.ipam.Ips.set;
import static dev.kakehashi.ipam.Ips.spec;
import static dev.kakehashi.ipam.Ips.subnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class RangeTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.1, 192.0.2.254, 192.0.2.1",
        "192.0.2.0/25, 192.0.2.1, 192.0.2.126, 192.0.2.1",
        "192.0.2.0/30, 192.0.2.1, 192.0.2.2, 192.0.2.1",
        "2001:db8:1::/64, 2001:db8:1::1, 2001:db8:1:0:ffff:ffff:ffff:ffff, 2001:db8:1::1",
        "2001:db8:1::/126, 2001:db8:1::1, 2001:db8:1::3, 2001:db8:1::1",
    })
    void of_fillsInDefaults(String cidr, String first, String last, String gateway) {
        Range range = range(cidr, "", "", "");
        assertThat(range.first()).hasToString(first);
        assertThat(range.last()).hasToString(last);
        assertThat(range.gateway()).hasToString(gateway);
        assertThat(range).hasToString(first + "-" + last);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/31, '', '', Network 192.0.2.0/31 too small to allocate from",
        "192.0.2.0/32, '', '', Network 192.0.2.0/32 too small to allocate from",
        "2001:db8::/127, '', '', Network 2001:db8::/127 too small to allocate from",
        "192.0.2.12/24, '', '', Network has host bits set. For a subnet mask of length 24 the"
                + " network address is 192.0.2.0",
        "2001:db8:1::24/64, '', '', Network has host bits set. For a subnet mask of length 64 the"
                + " network address is 2001:db8:1::",
        "192.0.2.0/24, 192.0.3.0, '', RangeStart 192.0.3.0 not in network 192.0.2.0/24",
        "192.0.2.0/24, 192.0.1.255, '', RangeStart 192.0.1.255 not in network 192.0.2.0/24",
        "192.0.2.0/24, 2001:db8::1, '', RangeStart 2001:db8::1 not in network 192.0.2.0/24",
        "192.0.2.0/24, '', 192.0.4.0, RangeEnd 192.0.4.0 not in network 192.0.2.0/24",
        "192.0.2.0/24, 192.0.2.50, 192.0.2.40, RangeStart 192.0.2.50 not in network 192.0.2.0/24",
    })
    void of_wrongRange_saysWhatIsWrong(String cidr, String start, String end, String text) {
        assertThatThrownBy(() -> Range.of(spec(cidr, start, end, "")))
                .isInstanceOf(InvalidRangeException.class)
                .hasMessage(text);
    }

    @Test
    void contains_countsBothEndsAndNothingElse() {
        Range range = range("192.0.2.0/24", "192.0.2.40", "192.0.2.50", "192.0.2.3");
        assertThat(range.contains(ip("192.0.2.39"))).isFalse();
        assertThat(range.contains(ip("192.0.2.40"))).isTrue();
        assertThat(range.contains(ip("192.0.2.50"))).isTrue();
        assertThat(range.contains(ip("192.0.2.51"))).isFalse();
        assertThat(range.contains(ip("::1"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // cidr, start, end, other cidr, start, end, whether they overlap
        "10.0.0.0/24, '', '', 10.0.1.0/24, '', '', false",
        "10.0.0.0/20, '', '', 10.0.1.0/24, '', '', true",
        "10.0.0.0/24, 10.0.0.2, 10.0.0.5, 10.0.0.0/24, 10.0.0.6, 10.0.0.9, false",
        "10.0.0.0/24, 10.0.0.2, 10.0.0.6, 10.0.0.0/24, 10.0.0.6, 10.0.0.9, true",
        "10.0.0.0/24, '', '', 2001:db8::/64, '', '', false",
        "2001:db8:1::/64, '', '', 2001:db8:1::/80, '', '', true",
    })
    void overlaps_looksAtTheEndsNotAtTheSubnets(
            String a,
            String aStart,
            String aEnd,
            String b,
            String bStart,
            String bEnd,
            boolean is) {
        Range left = range(a, aStart, aEnd, "");
        Range right = range(b, bStart, bEnd, "");
        assertThat(left.overlaps(right)).isEqualTo(is);
        assertThat(right.overlaps(left)).isEqualTo(is);
    }

    @Test
    void setOf_wrongSets_saysWhatIsWrong() {
        assertThatThrownBy(() -> RangeSet.of(List.of())).hasMessage("empty range set");
        assertThatThrownBy(
                        () -> RangeSet.of(List.of(subnet("10.0.0.0/24"), subnet("2001:db8::/64"))))
                .hasMessage("mixed address families");
        assertThatThrownBy(() -> RangeSet.of(List.of(subnet("10.0.0.0/20"), subnet("10.0.1.0/24"))))
                .hasMessage("subnets 10.0.0.1-10.0.15.254 and 10.0.1.1-10.0.1.254 overlap");
    }

    @Test
    void capacity_leavesTheGatewayOutWhereItLiesInside() {
        assertThat(set(subnet("10.0.0.0/30")).capacity()).isEqualTo(1);
        assertThat(set(spec("10.0.0.0/29", "10.0.0.3", "", "")).capacity()).isEqualTo(4);
        assertThat(set(subnet("10.0.0.0/30"), subnet("10.0.1.0/29")).capacity()).isEqualTo(6);
        assertThat(set(subnet("2001:db8::/64")).capacity()).isEqualTo(Long.MAX_VALUE);
    }
}
