package dev.kakehashi.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.testing.FdLeakExtension;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FdLeakExtension.class)
class FdTest {
    @Test
    void close_twice_closesOnceAndNeverAnothersDescriptor() throws Exception {
        Fd first = Fcntl.open("/dev/null", Fcntl.O_RDONLY, 0);
        int number = first.number();
        first.close();
        try (Fd second = Fcntl.open("/dev/null", Fcntl.O_RDONLY, 0)) {
            first.close();
            assertThat(second.isOpen()).isTrue();
            assertThat(SysStat.fstat(second).inode()).isPositive();
            assertThat(number).isPositive();
        }
        assertThatThrownBy(first::number).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(first::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void open_missingFile_saysWhichAndWhy() {
        assertThatThrownBy(() -> Fcntl.open("/no/such/file", Fcntl.O_RDONLY, 0))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        e -> {
                            assertThat(e.is(Errno.ENOENT)).isTrue();
                            assertThat(e.operation()).isEqualTo("open");
                            assertThat(e.arguments()).isEqualTo("/no/such/file");
                        })
                .hasMessage("open(/no/such/file): ENOENT (No such file or directory)");
    }

    @Test
    void errno_numbers_haveNames() {
        assertThat(Errno.of(1)).contains(Errno.EPERM);
        assertThat(Errno.text(95)).isEqualTo("EOPNOTSUPP (Operation not supported)");
        assertThat(Errno.text(4001)).isEqualTo("errno 4001");
        assertThat(Errno.of(0)).isEmpty();
        assertThat(Errno.of(-1)).isEmpty();
    }
}
