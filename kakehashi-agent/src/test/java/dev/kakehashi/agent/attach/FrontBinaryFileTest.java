package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The front binaries that a build leaves for each processor (elf(5)). */
@KernelTest
class FrontBinaryFileTest {
    private static final Path NATIVE =
            Path.of(System.getProperty("kakehashi.dist", "dist"))
                    .toAbsolutePath()
                    .resolveSibling("build/native");

    private static final int ELF = 0x464c457f;
    private static final int ELFCLASS64 = 2;
    private static final int ELFDATA2LSB = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_INTERP = 3;

    /** The machine's number is EM_X86_64 or EM_AARCH64 of linux/elf-em.h. */
    @ParameterizedTest
    @CsvSource({"amd64, 62", "arm64, 183"})
    void frontBinary_isAStaticExecutableOfItsProcessor(String processor, int machine)
            throws Exception {
        Path file = NATIVE.resolve(processor).resolve("kakehashi-cni");
        assumeTrue(
                Files.exists(file),
                "needs " + file + ": a cross compiler for " + processor + ", and make build");

        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(elf.getInt(0)).isEqualTo(ELF);
        assertThat(elf.get(4)).isEqualTo((byte) ELFCLASS64);
        assertThat(elf.get(5)).isEqualTo((byte) ELFDATA2LSB);
        assertThat(elf.getShort(18)).as("e_machine").isEqualTo((short) machine);
        int headers = elf.getShort(56);
        assertThat(headers).as("e_phnum").isPositive();
        for (int i = 0; i < headers; i++) {
            int type = elf.getInt((int) elf.getLong(32) + i * elf.getShort(54));
            assertThat(type).as("program header %d", i).isNotIn(PT_DYNAMIC, PT_INTERP);
        }
    }
}
