package dev.kakehashi.linux.wireguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;

class WireguardKeyTest {
    @RepeatedTest(5)
    void publicKey_isTheOneOfThePairThatTheJdkMakes() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        byte[] scalar = ((XECPrivateKey) pair.getPrivate()).getScalar().orElseThrow();

        assertThat(WireguardPrivateKey.of(scalar).publicKey().octets())
                .isEqualTo(littleEndian(((XECPublicKey) pair.getPublic()).getU()));
    }

    private static byte[] littleEndian(BigInteger value) {
        byte[] octets = new byte[WireguardKey.LENGTH];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = value.shiftRight(8 * i).byteValue();
        }
        return octets;
    }

    @Test
    void privateKey_isClampedAsTheKernelShowsIt() {
        byte[] octets = new byte[WireguardKey.LENGTH];
        octets[0] = (byte) 0xff;
        octets[31] = (byte) 0xff;

        byte[] clamped = WireguardPrivateKey.of(octets).octets();

        assertThat(clamped[0]).isEqualTo((byte) 0xf8);
        assertThat(clamped[31]).isEqualTo((byte) 0x7f);
    }

    @Test
    void privateKey_survivesItsFileAndDoesNotPrintItself() {
        WireguardPrivateKey key = WireguardPrivateKey.generate();

        assertThat(WireguardPrivateKey.parse(key.base64())).isEqualTo(key);
        assertThat(key.toString())
                .contains(key.publicKey().toString())
                .doesNotContain(key.base64());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "?", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})
    void whatIsNoPublicKey_isRefused(String text) {
        assertThatThrownBy(() -> WireguardKey.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoPrivateKey_isRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> WireguardPrivateKey.parse("secret?"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a WireGuard key in base64");
    }
}
