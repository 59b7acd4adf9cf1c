package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpHeaders;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters.Policy;
import java.util.ArrayList;
import java.util.List;
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
      assertThat(answer(Policy.WITHOUT_WINDOW, offer))
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
      assertThat(answer(Policy.WITHOUT_WINDOW, offer)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void isAllThereIsToDoWithoutAnOffer(Policy policy) {
      assertThat(answer(policy)).isEmpty();
    }

    @Test
    void isWhatASwitchedOffExtensionDoes() {
      assertThat(answer(Policy.OFF, "permessage-deflate")).isEmpty();
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

  /** RFC 6455 §9.1, with the blanks and empty members of RFC 2616 §2.1. */
  @Nested
  class Grammar {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "foo;bar;baz=2,permessage-deflate;server_max_window_bits=10",
          "foo; bar; baz=2, permessage-deflate; server_max_window_bits=10",
          " foo ; bar ; baz = 2 , permessage-deflate ; server_max_window_bits = 10 ",
          "\tfoo\t;\tbar\t,\tpermessage-deflate\t;\tserver_max_window_bits\t=\t10\t",
          "foo; baz=\"2\", permessage-deflate; server_max_window_bits=\"10\"",
          "foo; baz= \"\\2\" , permessage-deflate; server_max_window_bits= \"\\1\\0\" ",
          ", ,foo; bar; baz=2,, permessage-deflate; server_max_window_bits=10, ,",
        })
    void allowsBlanksQuotesAndEmptyMembers(String line) {
      assertThat(answer(line)).contains(PLAIN + "; server_max_window_bits=10");
    }

    @Test
    void joinsLinesInTheirOrder() {
      assertThat(answer("a", "", "b;c, permessage-deflate;server_max_window_bits=9"))
          .contains(PLAIN + "; server_max_window_bits=9");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          " ",
          ",",
          ", ,",
          ";",
          "=",
          "\"a\"",
          "a;",
          "a; ",
          "a;;b",
          "a; ,b",
          "a; =1",
          "a; b=",
          "a; b= ,c",
          "a; b=;c",
          "a; b=1 2",
          "a; b==1",
          "a; b=1=2",
          "a; b=\"",
          "a; b=\"\"",
          "a; b=\"1",
          "a; b=\"1\\",
          "a; b=\"1\\\"",
          "a; b=\"1 2\"",
          "a; b=\" 1\"",
          "a; b=\"1,2\"",
          "a; b=\"1;2\"",
          "a; b=\"1\"2",
          "a; b=\"1\"\"2\"",
          "a; b='1 '",
          "a b",
          "a=1",
          "a/b",
          "a; b c",
          "a, b@",
          "ä",
          "a; b=\"ä\"",
          "a\u0000",
          "a\u000bb",
          "a\u000b",
          "permessage-deflate;",
        })
    void allowsNothingElseWhateverIsAgreedTo(String line) {
      for (Policy policy : Policy.values()) {
        assertRefused(policy, line);
      }
    }

    @Test
    void isSpoiledByOneBadMember() {
      for (Policy policy : Policy.values()) {
        assertRefused(policy, "permessage-deflate", "b;");
        assertRefused(policy, "b;", "permessage-deflate");
        assertRefused(policy, "permessage-deflate, b;");
        assertRefused(policy, "a; b=\"1", "2\"");
      }
    }

    private static void assertRefused(Policy policy, String... lines) {
      assertThatExceptionOfType(HttpException.class)
          .isThrownBy(() -> answer(policy, lines))
          .withMessage("Sec-WebSocket-Extensions must be a list of extensions (RFC 6455 §9.1)")
          .returns(400, HttpException::status);
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
    return answer(Policy.ANY_OFFER, lines);
  }

  private static Optional<String> answer(Policy policy, String... lines) {
    List<String> fields = new ArrayList<>();
    for (String line : lines) {
      fields.addAll(List.of("sec-websocket-extensions", line));
    }
    return DeflateParameters.negotiate(HttpHeaders.of(fields.toArray(String[]::new)), policy)
        .map(DeflateParameters::headerValue);
  }
}
