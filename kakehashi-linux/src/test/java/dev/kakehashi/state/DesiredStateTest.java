package dev.kakehashi.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

class DesiredStateTest {
    private static Neighbour neighbour(int host, int mac) {
        return Neighbour.permanent(
                "eth0", IpAddresses.parse("192.0.2." + host), MacAddress.of(mac));
    }

    private static DesiredState of(Resource... resources) {
        return DesiredState.builder().host(resources).build();
    }

    @Test
    void since_tellsWhatIsNewWhatIsOtherAndWhatIsGone() {
        DesiredState before = of(neighbour(1, 1), neighbour(2, 2), neighbour(3, 3));
        DesiredState now = of(neighbour(1, 1), neighbour(3, 9), neighbour(4, 4));

        Difference difference = now.since(before);

        assertThat(difference.fresh()).isEqualTo(of(neighbour(3, 9), neighbour(4, 4)));
        assertThat(difference.replaced()).isEqualTo(of(neighbour(3, 3)));
        assertThat(difference.gone()).isEqualTo(of(neighbour(2, 2)));
    }

    @Test
    void since_ofSomeThatWentOutOfTheMiddle_isThese() {
        DesiredState before =
                of(neighbour(1, 1), neighbour(2, 2), neighbour(3, 3), neighbour(4, 4));
        DesiredState now = of(neighbour(1, 1), neighbour(4, 9), neighbour(5, 5));

        assertThat(now.since(before))
                .isEqualTo(
                        new Difference(
                                of(neighbour(4, 9), neighbour(5, 5)),
                                of(neighbour(4, 4)),
                                of(neighbour(2, 2), neighbour(3, 3))));
    }

    @Test
    void withoutHost_leavesTheStateThatWasBuiltBefore() {
        DesiredState.Builder builder =
                DesiredState.builder().host(neighbour(1, 1), neighbour(2, 2), neighbour(3, 3));
        DesiredState before = builder.build();

        builder.withoutHost(Set.of(neighbour(2, 2).key()));

        assertThat(builder.build()).isEqualTo(of(neighbour(1, 1), neighbour(3, 3)));
        assertThat(before).isEqualTo(of(neighbour(1, 1), neighbour(2, 2), neighbour(3, 3)));
    }

    @Test
    void since_ofTheSameInAnotherOrder_isNothing() {
        DesiredState before = of(neighbour(1, 1), neighbour(2, 2));
        DesiredState now = of(neighbour(2, 2), neighbour(1, 1));

        assertThat(now.since(before))
                .isEqualTo(
                        new Difference(DesiredState.EMPTY, DesiredState.EMPTY, DesiredState.EMPTY));
        assertThat(now.since(DesiredState.EMPTY).fresh()).isEqualTo(now);
        assertThat(DesiredState.EMPTY.since(now).gone()).isEqualTo(now);
    }

    @Test
    void since_ofOneMoreNamespace_isAllThatIsInIt() {
        DesiredState before = of(neighbour(1, 1));
        DesiredState now = DesiredState.builder().add(before).container(neighbour(2, 2)).build();

        assertThat(now.since(before).fresh().namespaces())
                .containsExactlyElementsOf(List.of(NamespaceId.CONTAINER));
    }
}
