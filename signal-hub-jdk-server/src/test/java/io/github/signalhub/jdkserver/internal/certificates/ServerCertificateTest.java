package io.github.signalhub.jdkserver.internal.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.signalhub.jdkserver.TestCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCertificateTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Path CHAIN = Path.of("chain.pem");
  private static final Path KEY = Path.of("key.pem");

  private static TestCertificate root;
  private static TestCertificate middle;
  private static TestCertificate server;

  @BeforeAll
  static void make() throws Exception {
    root = TestCertificate.root("root");
    middle = root.issue("middle");
    server = middle.issue("server");
  }

  @Nested
  class Chains {
    @Test
    void mayEndWithTheRootOrBeforeIt() throws Exception {
      assertThat(of(server.chainPem(), server.keyPem()).chain())
          .containsExactly(server.certificate(), middle.certificate());
      assertThat(of(server.chainPem() + root.pem(), server.keyPem()).chain()).hasSize(3);
      assertThat(of(server.pem(), server.keyPem()).chain()).hasSize(1);
      assertThat(of(root.pem(), root.keyPem()).chain()).hasSize(1);
    }

    @Test
    void mayBeInOneFileWithTheKey() throws Exception {
      String both = server.keyPem() + server.chainPem();

      assertThat(of(both, both).chain()).hasSize(2);
    }

    @Test
    void inTheWrongOrderAreRefused() throws Exception {
      refuses(
          middle.pem() + server.pem(),
          server.keyPem(),
          "chain.pem: expected the certificate of the key first, it is certificate 2 (CN=server)");
      refuses(
          server.pem() + root.pem() + middle.pem(),
          server.keyPem(),
          "chain.pem: expected each certificate before that of its issuer, was certificate 2"
              + " (CN=root) after certificate 1 (CN=server)");
    }

    @Test
    void withoutACertificateInBetweenAreRefused() throws Exception {
      refuses(server.pem() + root.pem(), server.keyPem(), "certificate 2 (CN=root) after");
    }

    @Test
    void withOneCertificateTwiceAreRefused() throws Exception {
      refuses(server.pem() + server.chainPem(), server.keyPem(), "certificate 2 (CN=server) after");
    }

    @Test
    void withoutACertificateAreRefused() throws Exception {
      refuses("", server.keyPem(), "chain.pem: expected a block CERTIFICATE, was no block at all");
      refuses(
          server.keyPem(),
          server.chainPem(),
          "chain.pem: expected a block CERTIFICATE, was PRIVATE KEY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "MIIB"})
    void withACertificateThatIsNoneAreRefused(String base64) throws Exception {
      String none = "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";

      refuses(none, server.keyPem(), "chain.pem: the certificate of line 1 cannot be decoded: ");
    }
  }

  @Nested
  class Keys {
    @ParameterizedTest
    @ValueSource(strings = {"RSA", "RSASSA-PSS", "EC", "Ed25519", "Ed448"})
    void ofEachAlgorithmFitTheirCertificateAlone(String algorithm) throws Exception {
      TestCertificate one = root.issue("one", algorithm);
      TestCertificate other = root.issue("other", algorithm);

      assertThat(of(one.pem(), one.keyPem()).key()).isEqualTo(one.keys().getPrivate());
      refuses(
          one.pem(),
          other.keyPem(),
          "key.pem: expected the key of certificate 1 (CN=one) in chain.pem, was another one");
    }

    @ParameterizedTest
    @CsvSource({"RSA, EC", "EC, RSA", "RSA, RSASSA-PSS", "Ed25519, Ed448", "Ed448, Ed25519"})
    void ofAnotherAlgorithmAreRefused(String certified, String used) throws Exception {
      String key = root.issue("other", used).keyPem();

      refuses(
          root.issue("one", certified).pem(), key, "key.pem: expected the key of certificate 1");
    }
  }

  @Nested
  class Times {
    @Test
    void thatHavePassedOrAreToComeAreRefused() throws Exception {
      TestCertificate ended = middle.issue("x", NOW.minus(DAY), NOW.minusSeconds(1));
      TestCertificate early = middle.issue("x", NOW.plusSeconds(1), NOW.plus(DAY));

      refuses(
          ended.chainPem(),
          ended.keyPem(),
          "chain.pem: expected certificates that are valid now, was certificate 1 (CN=x), which"
              + " ended at 2026-05-01T11:59:59Z");
      refuses(early.chainPem(), early.keyPem(), ", which begins at 2026-05-01T12:00:01Z");
    }

    @Test
    void ofAnIssuerCountToo() throws Exception {
      TestCertificate ended = root.issue("issuer", NOW.minus(DAY), NOW.minusSeconds(1));
      TestCertificate server = ended.issue("x");

      refuses(server.chainPem(), server.keyPem(), "certificate 2 (CN=issuer), which ended at");
    }

    @Test
    void ofTheFirstEndIsTheEnd() throws Exception {
      TestCertificate server = root.issue("issuer", NOW, NOW.plus(DAY)).issue("x");

      assertThat(of(server.chainPem(), server.keyPem()).end()).isEqualTo(NOW.plus(DAY));
    }
  }

  @Test
  void anyDamageIsNamedAndNothingElseIsThrown() throws Exception {
    Random random = new Random(1);
    String[] files = {server.chainPem(), server.keyPem()};
    for (int i = 0; i < 2_000; i++) {
      int which = i % 2;
      StringBuilder damaged = new StringBuilder(files[which]);
      for (int j = 0; j <= random.nextInt(3); j++) {
        damaged.setCharAt(random.nextInt(damaged.length()), (char) (32 + random.nextInt(95)));
      }
      PemFile chain = new PemFile(CHAIN, which == 0 ? damaged.toString() : files[0]);
      PemFile key = new PemFile(KEY, which == 1 ? damaged.toString() : files[1]);
      try {
        ServerCertificate.of(chain, key, NOW);
      } catch (UnusableFileException e) {
        assertThat(e.getMessage()).startsWith(e.file() + ": ");
      }
    }
  }

  private static ServerCertificate of(String chain, String key) throws UnusableFileException {
    return ServerCertificate.of(new PemFile(CHAIN, chain), new PemFile(KEY, key), NOW);
  }

  private static void refuses(String chain, String key, String message) {
    assertThatThrownBy(() -> of(chain, key))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(message);
  }
}
