package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

class ListChangeTest {
    private static List<Object> objects(int count) {
        List<Object> objects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            objects.add(new Object());
        }
        return objects;
    }

    @Test
    void oneMore_isAllThatCame() {
        List<Object> before = objects(9);
        List<Object> after = new ArrayList<>(before);
        Object one = new Object();
        after.add(4, one);
        assertThat(ListChange.between(before, after))
                .isEqualTo(new ListChange<>(List.of(), List.of(one)));
        assertThat(ListChange.between(after, before))
                .isEqualTo(new ListChange<>(List.of(one), List.of()));
    }

    @Test
    void oneReplaced_isGoneAndAnotherCame() {
        List<Object> before = objects(9);
        List<Object> after = new ArrayList<>(before);
        Object one = new Object();
        after.set(8, one);
        assertThat(ListChange.between(before, after))
                .isEqualTo(new ListChange<>(List.of(before.get(8)), List.of(one)));
    }

    @Test
    void whateverChanged_whatIsLeftAndWhatCameIsTheLaterList() {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 1000; round++) {
            List<Object> before = objects(random.nextInt(20));
            List<Object> after = new ArrayList<>(before);
            for (int i = random.nextInt(6); i > 0; i--) {
                if (after.isEmpty() || random.nextBoolean()) {
                    after.add(random.nextInt(after.size() + 1), new Object());
                } else {
                    after.remove(random.nextInt(after.size()));
                }
            }
            ListChange<Object> change = ListChange.between(before, after);
            List<Object> made = new ArrayList<>(before);
            change.gone().forEach(made::remove);
            made.addAll(change.come());
            assertThat(made).containsExactlyInAnyOrderElementsOf(after);
        }
    }
}
