package io.github.signalhub.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A library that others embed stays small. The limits are close to the sizes of today, so that
 * growth is seen. Each jar should have at most 300 KiB; both are larger.
 */
class JarSizesIT {
  static Stream<Arguments> limits() {
    return Stream.of(
        Arguments.of(PublishedModule.HUB, 600 << 10),
        Arguments.of(PublishedModule.SERVER, 340 << 10));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void stayWithinTheirLimits(PublishedModule module, long mostBytes) throws IOException {
    assertThat(module.classes()).isRegularFile();
    assertThat(Files.size(module.classes()))
        .as("%s, in bytes", module)
        .isLessThanOrEqualTo(mostBytes);
  }
}
