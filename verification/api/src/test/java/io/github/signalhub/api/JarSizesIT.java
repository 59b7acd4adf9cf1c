package io.github.signalhub.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A library that others embed stays small. */
class JarSizesIT {
  private static final long MOST_BYTES = 300 << 10;

  static Stream<PublishedModule> modules() {
    return Stream.of(PublishedModule.HUB, PublishedModule.SERVER);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void areAtMost300KiB(PublishedModule module) throws IOException {
    assertThat(module.classes()).isRegularFile();
    assertThat(Files.size(module.classes()))
        .as("%s, in bytes", module)
        .isLessThanOrEqualTo(MOST_BYTES);
  }
}
