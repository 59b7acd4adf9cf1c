package io.github.signalhub.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionRequestTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("203.0.113.7", 4711);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/ws",
        "/a%20b",
        "/%C3%A4%e2%82%ac!",
        "/%2F%25",
        "/%ff%fe/x",
        "/a%C3/%A4",
        "/+",
        "/\u00e4"
      })
  void thePathIsDecodedAsThatOfAUri(String path) {
    assertThat(AdmissionRequest.builder(CLIENT).path(path).build().path())
        .isEqualTo(URI.create(path).getPath());
  }

  @ParameterizedTest
  @CsvSource({"/100%, /100%", "/%2, /%2", "/%zz%41, /%zzA", "%, %"})
  void anEscapeThatIsNoneStaysAsItIs(String path, String decoded) {
    assertThat(AdmissionRequest.builder(CLIENT).path(path).build().path()).isEqualTo(decoded);
  }

  @Test
  void aUriGivesPathAndQueryAsTheyWereSent() {
    AdmissionRequest request =
        AdmissionRequest.builder(CLIENT).target(URI.create("/a%20b?topic=%41+b")).build();

    assertThat(request.path()).isEqualTo("/a b");
    assertThat(request.query()).isEqualTo("topic=%41+b");
    assertThat(AdmissionRequest.builder(CLIENT).target(URI.create("/ws")).build().query())
        .isEmpty();
  }

  @Test
  void linesThatAreHandedOverComeBeforeThoseThatAreAdded() {
    AdmissionRequest request =
        AdmissionRequest.builder(CLIENT)
            .header("B", "added")
            .headerLines(List.of("A", "1", "b", "given", "a", "2"))
            .build();

    assertThat(request.lines().all("a")).containsExactly("1", "2");
    assertThat(request.lines().all("b")).containsExactly("given", "added");
    assertThat(request.lines().first("B")).contains("given");
  }

  @Test
  void aLineWithoutAValueIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdmissionRequest.builder(CLIENT).headerLines(List.of("A", "1", "B")))
        .withMessage("expected headerLines of a value for each name, was 3 texts");
  }

  @Test
  void linesAreFoundByTheirNameInAnyCaseAndInTheirOrder() {
    AdmissionRequest request =
        AdmissionRequest.builder(CLIENT)
            .header("x-a", "1, 2")
            .header("B", "b")
            .headers(Map.of("X-A", List.of("", "3 ,4")))
            .build();

    assertThat(request.lines().all("X-a")).containsExactly("1, 2", "", "3 ,4");
    assertThat(request.lines().list("X-A")).containsExactly("1", "2", "3", "4");
    assertThat(request.lines().first("b")).contains("b");
    assertThat(request.lines().first("c")).isEmpty();
  }

  @Test
  void aBuilderThatGoesOnChangesNoRequest() {
    AdmissionRequest.Builder builder = AdmissionRequest.builder(CLIENT);
    AdmissionRequest request = builder.build();

    builder.header("a", "1").path("/other");

    assertThat(request.lines().first("a")).isEmpty();
    assertThat(request.path()).isEqualTo("/");
  }
}
