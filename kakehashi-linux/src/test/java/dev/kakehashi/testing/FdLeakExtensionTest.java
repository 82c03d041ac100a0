package dev.kakehashi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.FdTrace;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Set;

class FdLeakExtensionTest {
    @Test
    void openDescriptor_isKnownWithTheStackThatOpenedIt() throws Exception {
        FdTrace.enable();
        Set<Fd> before = FdTrace.open().keySet();
        try (Fd fd = Fcntl.open("/dev/null", Fcntl.O_RDONLY, 0)) {
            Map<Fd, Throwable> open = FdTrace.open();
            assertThat(open).containsKey(fd);
            assertThat(open.entrySet())
                    .filteredOn(e -> e.getKey().equals(fd))
                    .singleElement()
                    .satisfies(e ->
                            assertThat(e.getValue().getStackTrace())
                                    .anyMatch(frame ->
                                            frame.getClassName()
                                                    .equals(FdLeakExtensionTest.class.getName())));
        }
        assertThat(before).containsAll(FdTrace.open().keySet());
    }
}
