package io.github.signalhub.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The public API stands in {@code api.txt} of each module, so that a change of it is seen. */
class SignatureFilesTest {
  private static final String HEADER =
      "# The public API of this module, as CONTRIBUTING.md says (The public API). Do not edit.";

  @ParameterizedTest
  @MethodSource("io.github.signalhub.api.PublishedModule#all")
  void haveTheSignaturesOfTheCode(PublishedModule module) throws IOException {
    List<String> lines = new ArrayList<>(List.of(HEADER, ""));
    lines.addAll(module.signatures());
    if (Boolean.getBoolean("api.write")) {
      Files.writeString(module.signatureFile(), String.join("\n", lines));
    }

    assertThat(Files.readString(module.signatureFile()).lines())
        .as("the public API of %s; if the change is wanted, see CONTRIBUTING.md", module)
        .isEqualTo(String.join("\n", lines).lines().toList());
  }
}
