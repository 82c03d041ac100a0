package dev.kakehashi.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

class ResourceMapTest {
    private static Neighbour neighbour(int host, int mac) {
        return Neighbour.permanent(
                "eth0",
                IpAddresses.parse("10.0." + host / 256 + "." + host % 256),
                MacAddress.of(mac));
    }

    @Test
    void whateverIsAdded_itIsAsALinkedHashMap() {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 20; round++) {
            ResourceMap map = new ResourceMap();
            Map<ResourceKey, Resource> model = new LinkedHashMap<>();
            int range = random.nextInt(1, 2000);
            for (int i = 0; i < 1500; i++) {
                Resource resource = neighbour(random.nextInt(range), random.nextInt(9));
                if (random.nextBoolean()) {
                    assertThat(map.addIfAbsent(resource))
                            .isEqualTo(model.putIfAbsent(resource.key(), resource));
                } else {
                    map.set(resource);
                    model.put(resource.key(), resource);
                }
                if (random.nextInt(300) == 0) {
                    int part = random.nextInt(1, 5);
                    Set<ResourceKey> gone = new HashSet<>(model.keySet());
                    gone.removeIf(key -> random.nextInt(part) != 0);
                    map.removeAll(gone);
                    model.keySet().removeAll(gone);
                }
            }
            assertThat(map).isEqualTo(model).hasSize(model.size());
            assertThat(map.hashCode()).isEqualTo(model.hashCode());
            assertThat(List.copyOf(map.values())).isEqualTo(List.copyOf(model.values()));
            assertThat(List.copyOf(map.keySet())).isEqualTo(List.copyOf(model.keySet()));
            for (int i = 0; i < range; i++) {
                ResourceKey key = neighbour(i, 0).key();
                assertThat(map.get(key)).isEqualTo(model.get(key));
            }
        }
    }

    @Test
    void aCopy_isOfItsOwn() {
        ResourceMap map = new ResourceMap();
        map.set(neighbour(1, 1));
        ResourceMap copy = map.copy();
        copy.set(neighbour(1, 2));
        copy.set(neighbour(2, 2));
        assertThat(map.values()).containsExactly(neighbour(1, 1));
        assertThat(copy.values()).containsExactly(neighbour(1, 2), neighbour(2, 2));
    }
}
