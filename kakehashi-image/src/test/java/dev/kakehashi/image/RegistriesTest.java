package dev.kakehashi.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.tools.jib.api.ImageReference;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistriesTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:5000/kakehashi:dev, true",
        "localhost:5000/kakehashi:dev, true",
        "registry.example.org/kakehashi:dev, false",
        "10.0.0.1:5000/kakehashi:dev, false",
        "kakehashi:dev, false",
        "localhost.example.org/kakehashi:dev, false"
    })
    void withoutTls_onlyOnThisMachine(String name, boolean local) throws Exception {
        assertThat(Registries.isLocal(ImageReference.parse(name))).isEqualTo(local);
    }
}
