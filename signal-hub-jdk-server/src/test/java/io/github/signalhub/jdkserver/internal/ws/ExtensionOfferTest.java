package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.ws.ExtensionOffer.Parameter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionOfferTest {
  @Nested
  class Grammar {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "foo;bar;baz=2,qux",
          "foo; bar; baz=2, qux",
          " foo ; bar ; baz = 2 , qux ",
          "\tfoo\t;\tbar\t;\tbaz\t=\t2\t,\tqux\t",
          "foo; bar; baz=\"2\", qux",
          "foo; bar; baz= \"\\2\" , qux",
          ", ,foo; bar; baz=2,, qux, ,",
        })
    void allowsBlanksQuotesAndEmptyMembers(String line) {
      assertThat(ExtensionOffer.parse(List.of(line)))
          .contains(
              List.of(
                  offer("foo", parameter("bar"), parameter("baz", "2")),
                  new ExtensionOffer("qux", List.of())));
    }

    @Test
    void joinsLinesInTheirOrder() {
      assertThat(ExtensionOffer.parse(List.of("a", "", "b;c, d")))
          .contains(List.of(offer("a"), offer("b", parameter("c")), offer("d")));
    }

    @Test
    void keepsParametersThatAreThereTwice() {
      assertThat(ExtensionOffer.parse(List.of("a; b; b=1")))
          .contains(List.of(offer("a", parameter("b"), parameter("b", "1"))));
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
        })
    void allowsNothingElse(String line) {
      assertThat(ExtensionOffer.parse(List.of(line))).isEmpty();
    }

    @Test
    void aBadLineSpoilsTheGoodOnes() {
      assertThat(ExtensionOffer.parse(List.of("a", "b;"))).isEmpty();
      assertThat(ExtensionOffer.parse(List.of("b;", "a"))).isEmpty();
      assertThat(ExtensionOffer.parse(List.of("a; b=\"1", "2\""))).isEmpty();
    }
  }

  private static ExtensionOffer offer(String name, Parameter... parameters) {
    return new ExtensionOffer(name, List.of(parameters));
  }

  private static Parameter parameter(String name) {
    return new Parameter(name, Optional.empty());
  }

  private static Parameter parameter(String name, String value) {
    return new Parameter(name, Optional.of(value));
  }
}
