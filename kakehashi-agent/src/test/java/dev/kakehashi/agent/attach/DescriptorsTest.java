package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class DescriptorsTest {
    private static List<Fd> received(int count) throws Exception {
        List<Fd> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(Fcntl.open("/dev/null", Fcntl.O_RDONLY, 0));
        }
        return all;
    }

    @Test
    void descriptors_areSortedByTheirRoles() throws Exception {
        List<Fd> fds = received(3);
        try (Descriptors descriptors = Descriptors.of(new byte[] {3, 1, 2}, fds)) {
            assertThat(descriptors.containerNetns()).containsSame(fds.get(0));
            assertThat(descriptors.ownNetns()).containsSame(fds.get(1));
            assertThat(descriptors.root()).containsSame(fds.get(2));
        }
        assertThat(fds).noneMatch(Fd::isOpen);
    }

    @Test
    void unknownRole_isClosedAndNotMissed() throws Exception {
        List<Fd> fds = received(2);
        try (Descriptors descriptors = Descriptors.of(new byte[] {9, 1}, fds)) {
            assertThat(fds.get(0).isOpen()).isFalse();
            assertThat(descriptors.ownNetns()).containsSame(fds.get(1));
        }
    }

    @Test
    void otherNumberThanAnnounced_isRefusedAndAllAreClosed() throws Exception {
        List<Fd> fds = received(1);
        assertThatThrownBy(() -> Descriptors.of(new byte[] {1, 2}, fds))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("DESCRIPTORS names 2 descriptors, 1 came");
        assertThat(fds).noneMatch(Fd::isOpen);
    }

    @Test
    void roleThatComesTwice_isRefusedAndAllAreClosed() throws Exception {
        List<Fd> fds = received(2);
        assertThatThrownBy(() -> Descriptors.of(new byte[] {1, 1}, fds))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("DESCRIPTORS names role 1 twice");
        assertThat(fds).noneMatch(Fd::isOpen);
    }
}
