package dev.kakehashi.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

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
    void since_whateverWasMovedReplacedAddedAndRemoved_isWhatTheKeysSay() {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 200; round++) {
            List<Neighbour> entries = new ArrayList<>();
            for (int i = 1; i <= random.nextInt(1, 100); i++) {
                entries.add(neighbour(i, i));
            }
            DesiredState before = of(entries.toArray(Resource[]::new));
            for (int edit = random.nextInt(90); edit > 0 && !entries.isEmpty(); edit--) {
                int which = random.nextInt(entries.size());
                Neighbour entry = entries.get(which);
                switch (random.nextInt(4)) {
                    case 0 -> entries.remove(which);
                    case 1 -> entries.add(entries.remove(which));
                    case 2 -> entries.set(which, neighbour(number(entry), random.nextInt(200)));
                    default -> entries.add(which, neighbour(200 - edit, 1));
                }
            }
            List<Neighbour> distinct =
                    List.copyOf(
                            entries.stream()
                                    .collect(
                                            Collectors.toMap(
                                                    Neighbour::key,
                                                    entry -> entry,
                                                    (one, _) -> one,
                                                    LinkedHashMap::new))
                                    .values());
            DesiredState now = of(distinct.toArray(Resource[]::new));

            Difference difference = now.since(before);

            var then = before.byKey(NamespaceId.HOST);
            var next = now.byKey(NamespaceId.HOST);
            assertThat(difference.fresh())
                    .isEqualTo(now.only((_, one) -> !one.equals(then.get(one.key()))));
            assertThat(difference.replaced())
                    .isEqualTo(
                            before.only((_, one) ->
                                    next.containsKey(one.key())
                                            && !one.equals(next.get(one.key()))));
            assertThat(difference.gone())
                    .isEqualTo(before.only((_, one) -> !next.containsKey(one.key())));
        }
    }

    private static int number(Neighbour entry) {
        return entry.address().getAddress()[3] & 0xff;
    }

    @Test
    void since_ofOneMoreNamespace_isAllThatIsInIt() {
        DesiredState before = of(neighbour(1, 1));
        DesiredState now = DesiredState.builder().add(before).container(neighbour(2, 2)).build();

        assertThat(now.since(before).fresh().namespaces())
                .containsExactlyElementsOf(List.of(NamespaceId.CONTAINER));
    }
}
