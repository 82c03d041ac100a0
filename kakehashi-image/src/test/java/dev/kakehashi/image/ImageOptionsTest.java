package dev.kakehashi.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

class ImageOptionsTest {
    private static final String[] WHOLE = {
        "--base",
        "base.tar",
        "--home",
        "dist",
        "--architecture",
        "arm64",
        "--version",
        "1",
        "--name",
        "a/b:1"
    };

    @Test
    void withoutArchive_isPushed() {
        ImageOptions options = ImageOptions.parse(WHOLE);

        assertThat(options.archive()).isEmpty();
        assertThat(options.home()).isEqualTo(Path.of("dist"));
        assertThat(options.name()).isEqualTo("a/b:1");
    }

    @Test
    void missingOption_isNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageOptions.parse("--base", "base.tar"))
                .withMessageContaining("--home");
    }

    @Test
    void unknownOptionOrNoValue_isNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageOptions.parse("--push", "x"))
                .withMessageContaining("--push");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageOptions.parse("--base"))
                .withMessageContaining("--base");
    }
}
