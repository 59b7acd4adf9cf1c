package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.signalhub.connection.AttributeKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private static final AttributeKey<Integer> LEVEL = AttributeKey.of("level", Integer.class);

  @Test
  void ofACallThatIsRefusedNothingIsKept() {
    Handshake.Builder builder = Handshake.builder();

    assertThatNullPointerException().isThrownBy(() -> builder.topic(null, "x"));
    assertThatNullPointerException().isThrownBy(() -> builder.topic("a", null));

    assertThat(builder.build().starts()).isEmpty();
    assertThat(builder.build().topics()).isEmpty();
  }

  @Test
  void showsTheRequestOfTheClient() {
    Handshake handshake =
        Handshake.builder()
            .path("/rooms")
            .query("room=a%20b&room=c&flag")
            .header("User-Agent", "one")
            .header("user-agent", "two")
            .build();

    assertThat(handshake.path()).isEqualTo("/rooms");
    assertThat(handshake.parameters())
        .isEqualTo(Map.of("room", List.of("a b", "c"), "flag", List.of("")));
    assertThat(handshake.headers("USER-AGENT")).containsExactly("one", "two");
    assertThat(handshake.headers("Cookie")).isEmpty();
  }

  @Test
  void keepsWhatItHasWhenItIsDecidedEarlier() {
    Instant end = Instant.parse("2026-01-01T00:00:00Z");
    Handshake handshake =
        Handshake.builder()
            .path("/rooms")
            .query("room=a")
            .header("User-Agent", "one")
            .attribute(LEVEL, 3)
            .expiresAt(end)
            .build()
            .decidedBy(7);

    assertThat(handshake.decidedSince()).isEqualTo(7);
    assertThat(handshake.path()).isEqualTo("/rooms");
    assertThat(handshake.parameters()).isEqualTo(Map.of("room", List.of("a")));
    assertThat(handshake.headers("User-Agent")).containsExactly("one");
    assertThat(handshake.attributes().get(LEVEL)).contains(3);
    assertThat(handshake.expiresAt()).contains(end);
  }

  @Test
  void keepsABoundedPartOfTheRequest() {
    int others = "/".length() + "Cookie".length() + 32;
    String value = "x".repeat(Handshake.MAX_REQUEST_CHARS - others);

    assertThat(Handshake.builder().header("Cookie", value).build().headers("Cookie"))
        .containsExactly(value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Handshake.builder().header("Cookie", value + "x").build())
        .withMessage("expected at most 4096 characters of path, query and headers, was 4097");
  }

  @Test
  void refusesAQueryThatCannotBeRead() {
    assertThatIllegalArgumentException().isThrownBy(() -> Handshake.builder().query("a=%f"));
    assertThatIllegalArgumentException().isThrownBy(() -> Handshake.builder().query("a=\u00e9"));
  }

  @Test
  void isPrintedWithoutSecrets() {
    AttributeKey<String> key = AttributeKey.of("key", String.class);
    Handshake handshake =
        Handshake.builder()
            .query("a=secret")
            .header("Cookie", "secret")
            .attribute(key, "secret")
            .build();

    assertThat(handshake.toString()).doesNotContain("secret");
  }

  @Test
  void neverEndsAtTheEndOfTime() {
    assertThat(Handshake.builder().expiresAt(Instant.MAX).build().expiresAt()).isEmpty();
  }
}
