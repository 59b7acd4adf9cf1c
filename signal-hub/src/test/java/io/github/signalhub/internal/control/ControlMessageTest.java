package io.github.signalhub.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ControlMessageTest {
  private static final Path VECTORS = Path.of("..", "docs", "protocol", "vectors");

  @Test
  void everyTypeHasAVectorAndNoVectorHasAnother() throws IOException {
    List<String> listed =
        Stream.of(ControlMessage.Type.values()).map(ControlMessage.Type::text).toList();
    Set<String> shown;
    try (Stream<Path> vectors = Files.list(VECTORS)) {
      shown = vectors.map(ControlMessageTest::type).collect(Collectors.toSet());
    }
    shown.removeIf(type -> !type.startsWith("$"));

    assertThat(shown).containsExactlyInAnyOrderElementsOf(listed);
  }

  private static String type(Path vector) {
    try {
      Map<?, ?> file = (Map<?, ?>) Json.parse(Files.readAllBytes(vector));
      return (String) ((Map<?, ?>) file.get("message")).get("type");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
