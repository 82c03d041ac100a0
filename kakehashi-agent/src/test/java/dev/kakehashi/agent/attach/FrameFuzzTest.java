package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.random.RandomGenerator;

/** Whatever comes: a frame, or the exception that is answered. */
class FrameFuzzTest {
    private static final int ROUNDS = 50_000;

    private int read;
    private int refused;

    private void decode(byte[] bytes) {
        try {
            AttachRequest.decode(JournalRecord.decodeFrame(bytes));
            read++;
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
            refused++;
        }
    }

    @Test
    void randomBytes_areRefusedByTheProtocolsExceptionAlone() {
        RandomGenerator random = Seeds.random();
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            decode(bytes);
        }
        assertThat(refused).isEqualTo(ROUNDS);
    }

    @Test
    void damagedRequests_areReadOrRefusedByTheProtocolsExceptionAlone() throws Exception {
        RandomGenerator random = Seeds.random();
        byte[] whole = Requests.add("c").encode(1, new byte[] {1, 2});
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = whole.clone();
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(3)) {
                    case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                    case 1 -> bytes[at] = (byte) random.nextInt();
                    default -> bytes = java.util.Arrays.copyOf(bytes, at + 1);
                }
            }
            decode(bytes);
        }
        assertThat(read).as("harmless damage").isPositive();
        assertThat(refused).as("damage that matters").isPositive();
    }
}
