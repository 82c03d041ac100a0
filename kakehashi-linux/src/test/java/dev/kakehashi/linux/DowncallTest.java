package dev.kakehashi.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Both ways into the C library do the same. */
@KernelTest
class DowncallTest {
    private static final Path LIBRARY =
            Path.of(System.getProperty("kakehashi.dist", "dist"), "lib/libkakehashi-downcall.so")
                    .toAbsolutePath();

    private static final int EBADF = 9;
    private static final long PAGE = 4096;
    private static final long PROT_READ = 1;
    private static final long MAP_PRIVATE_ANONYMOUS = 0x22;

    private static Downcall way(String name) {
        if (name.equals("foreign")) {
            return CLibrary.choose(null);
        }
        assumeTrue(Files.exists(LIBRARY), "needs " + LIBRARY + ": make build");
        Downcall way = CLibrary.choose(LIBRARY.toString());
        assertThat(way).isInstanceOf(JniDowncall.class);
        return way;
    }

    private static long call(Downcall way, Struct state, String function, long... a) {
        long address = way.symbol(function);
        long[] all = Arrays.copyOf(a, 6);
        return way.call(address, state, all[0], all[1], all[2], all[3], all[4], all[5]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreign", "jni"})
    void call_returnsWhatTheFunctionReturns(String name) {
        Downcall way = way(name);
        Struct state = Struct.allocate(Integer.BYTES);
        assertThat(call(way, state, "getpid")).isEqualTo(ProcessHandle.current().pid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreign", "jni"})
    void call_thatFails_leavesErrno(String name) {
        Downcall way = way(name);
        Struct state = Struct.allocate(Integer.BYTES);
        assertThat((int) call(way, state, "close", -1)).isEqualTo(-1);
        assertThat(state.getInt(0)).isEqualTo(EBADF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreign", "jni"})
    void call_passesSixArguments(String name) {
        Downcall way = way(name);
        Struct state = Struct.allocate(Integer.BYTES);
        long page = call(way, state, "mmap", 0, PAGE, PROT_READ, MAP_PRIVATE_ANONYMOUS, -1, 0);
        assertThat(page).isPositive();
        assertThat(MemorySegment.ofAddress(page).reinterpret(PAGE).asByteBuffer().getLong(8))
                .isZero();
        assertThat((int) call(way, state, "munmap", page, PAGE)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreign", "jni"})
    void symbol_thatIsNotThere_isZero(String name) {
        assertThat(way(name).symbol("no_such_function_anywhere")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreign", "jni"})
    void address_isWhereTheCallSeesTheBuffer(String name) {
        Downcall way = way(name);
        ByteBuffer text = ByteBuffer.allocateDirect(8).put(2, (byte) 'a').slice(2, 6);
        try {
            assertThat(call(way, Struct.allocate(4), "strlen", way.address(text))).isEqualTo(1);
        } finally {
            Reference.reachabilityFence(text);
        }
    }

    @Test
    void choose_withALibraryThatCannotBeLoaded_takesTheOtherWay() {
        assertThat(CLibrary.choose("/nonexistent/libkakehashi-downcall.so"))
                .isInstanceOf(ForeignDowncall.class);
    }
}
