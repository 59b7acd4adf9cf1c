package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README begins with, and what it promises. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..", "..");

  @Test
  void theFirstBlockIsTheTwoCommandsAndNothingElse() {
    Markdown readme = Markdown.of(Lines.of(ROOT.resolve("README.md")));

    assertThat(readme.blocks().get(0).lines())
        .isEqualTo(List.of("node examples/start.mjs", "mvn verify"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/protocol.md"})
  void theGuaranteeIsGivenInTheSameWords(String page) throws IOException {
    String text = Files.readString(ROOT.resolve(page)).replaceAll("[\\s>*]+", " ");

    assertThat(text)
        .containsIgnoringCase(
            "Every client sees the messages of its topics in the hub's one order, a catch-up"
                + " preceding what is live; after a lost connection it misses none within retention"
                + " and gets none twice; outside retention it is told of the gap; a slow client"
                + " costs the others nothing.");
  }

  /** Compiled, and not run: it wants the port 8080. */
  static void theStart() throws IOException {
    Hub hub = Hub.create();
    SignalServer server = SignalServer.start(8080, hub); // ws://localhost:8080/ws
    hub.onMessage(
        (client, message) -> {
          if (message.type().equals("SAY")
              && message.payload() instanceof String text
              && text.length() <= 200) {
            hub.broadcast("SAY", text);
          }
        });
    hub.broadcast("TICK", Map.of("n", 1));

    server.close();
  }
}
