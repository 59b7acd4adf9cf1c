package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Accepted;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Refused;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The offers of clients and the answers, as the two header fields. */
class DeflateNegotiationTest {
  private static final String PLAIN = "permessage-deflate; server_no_context_takeover";

  @Nested
  class Accepting {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "permessage-deflate",
          "permessage-deflate; server_no_context_takeover",
          "permessage-deflate; client_max_window_bits",
          "permessage-deflate; client_max_window_bits=8",
          "permessage-deflate; client_max_window_bits=15",
          "permessage-deflate; client_max_window_bits=\"10\"",
        })
    void answersThatTheServerTakesOverNoContextAndLeavesTheClientItsOwn(String offer) {
      assertThat(answer(offer)).contains(PLAIN);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "permessage-deflate; client_no_context_takeover",
          "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
          "permessage-deflate; client_max_window_bits=9; client_no_context_takeover",
        })
    void answersThatTheClientTakesOverNoneOnlyIfItOffersThat(String offer) {
      assertThat(answer(offer)).contains(PLAIN + "; client_no_context_takeover");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "permessage-deflate; client_no_context_takeover",
          "permessage-deflate, permessage-deflate; client_no_context_takeover",
        })
    void needsNoWindowForAClientThatOffersToDoWithoutOne(String offer) {
      assertThat(answer(DeflatePolicy.WITHOUT_WINDOW, offer))
          .contains(PLAIN + "; client_no_context_takeover");
    }
  }

  @Nested
  class Declining {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "permessage-deflate; server_no_context_takeover=1",
          "permessage-deflate; server_no_context_takeover=true",
          "permessage-deflate; client_no_context_takeover=\"x\"",
          "permessage-deflate; server_max_window_bits",
          "permessage-deflate; server_max_window_bits=7",
          "permessage-deflate; server_max_window_bits=16",
          "permessage-deflate; server_max_window_bits=0",
          "permessage-deflate; server_max_window_bits=08",
          "permessage-deflate; server_max_window_bits=010",
          "permessage-deflate; server_max_window_bits=-8",
          "permessage-deflate; server_max_window_bits=+8",
          "permessage-deflate; server_max_window_bits=1e1",
          "permessage-deflate; server_max_window_bits=99999999999999999999",
          "permessage-deflate; client_max_window_bits=7",
          "permessage-deflate; client_max_window_bits=16",
          "permessage-deflate; client_max_window_bits=09",
          "permessage-deflate; client_max_window_bits=x",
          "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
          "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
          "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
          "permessage-deflate; unknown",
          "permessage-deflate; unknown=1; client_max_window_bits",
          "permessage-deflate; Client_Max_Window_Bits",
          "permessage-deflate; mode=\"10\"",
          "x-webkit-deflate-frame",
          "permessage-bzip2",
          "Permessage-Deflate",
          "permessage-deflate-2",
        })
    void isSilent(String offer) {
      assertThat(answer(offer)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "permessage-deflate",
          "permessage-deflate; client_max_window_bits; server_no_context_takeover",
        })
    void isTheAnswerToWhoNeedsAWindowWhileThereIsNone(String offer) {
      assertThat(answer(DeflatePolicy.WITHOUT_WINDOW, offer)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(DeflatePolicy.class)
    void isAllThereIsToDoWithoutAnOffer(DeflatePolicy policy) {
      assertThat(answer(policy)).isEmpty();
    }

    @Test
    void isWhatASwitchedOffExtensionDoes() {
      assertThat(answer(DeflatePolicy.OFF, "permessage-deflate")).isEmpty();
    }
  }

  @Nested
  class SeveralOffers {
    @Test
    void areTriedInTheirOrder() {
      assertThat(
              answer(
                  "permessage-deflate; server_max_window_bits=10, permessage-deflate",
                  "permessage-deflate; server_max_window_bits=9"))
          .contains(PLAIN + "; server_max_window_bits=10");
    }

    @Test
    void areTriedUntilOneCanBeAccepted() {
      assertThat(
              answer(
                  "foo; bar=1, permessage-deflate; server_max_window_bits=16",
                  "permessage-deflate; unknown, permessage-deflate; server_max_window_bits=12"))
          .contains(PLAIN + "; server_max_window_bits=12");
    }
  }

  @Nested
  class Malformed {
    @ParameterizedTest
    @EnumSource(DeflatePolicy.class)
    void fieldsRefuseTheHandshakeWhateverIsAgreedTo(DeflatePolicy policy) {
      for (String line : List.of("", "permessage-deflate;", "permessage-deflate; a=\"", "a b")) {
        assertThat(check(policy, line))
            .isEqualTo(
                new Refused(
                    400,
                    "Sec-WebSocket-Extensions must be a list of extensions (RFC 6455 §9.1)",
                    Map.of()));
      }
    }

    @Test
    void membersSpoilGoodOnes() {
      assertThat(check(DeflatePolicy.ANY_OFFER, "permessage-deflate", "a;"))
          .isInstanceOf(Refused.class);
    }
  }

  @Test
  void parametersOutOfTheirRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DeflateParameters(true, OptionalInt.of(7)))
        .withMessage("expected 8 to 15 window bits, was 7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DeflateParameters(true, OptionalInt.of(16)))
        .withMessage("expected 8 to 15 window bits, was 16");
  }

  private static Optional<String> answer(String... lines) {
    return answer(DeflatePolicy.ANY_OFFER, lines);
  }

  private static Optional<String> answer(DeflatePolicy policy, String... lines) {
    return ((Accepted) check(policy, lines)).extensions();
  }

  private static Result check(DeflatePolicy policy, String... lines) {
    return new WebSocketHandshake(List.of()).check("GET", "HTTP/1.1", headers(lines), policy);
  }

  private static Map<String, List<String>> headers(String... lines) {
    Map<String, List<String>> headers =
        new HashMap<>(
            Map.of(
                "host", List.of("server.example.com"),
                "upgrade", List.of("websocket"),
                "connection", List.of("Upgrade"),
                "sec-websocket-key", List.of("dGhlIHNhbXBsZSBub25jZQ=="),
                "sec-websocket-version", List.of("13")));
    if (lines.length > 0) {
      headers.put("sec-websocket-extensions", List.of(lines));
    }
    return headers;
  }
}
