package io.github.signalhub.jdkserver.internal.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.signalhub.jdkserver.TestCertificate;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeysTest {
  private static final Path FILE = Path.of("key.pem");
  private static final Path WRITTEN_BY_OPENSSL = Path.of("src", "test", "resources", "pem");

  @Nested
  class Formats {
    @ParameterizedTest
    @ValueSource(strings = {"RSA", "RSASSA-PSS", "EC", "Ed25519", "Ed448"})
    void ofAllAlgorithmsGiveTheSameKey(String algorithm) throws Exception {
      PrivateKey key = keys(algorithm).getPrivate();

      assertThat(read("PRIVATE KEY", key.getEncoded())).isEqualTo(key);
    }

    @Test
    void ofRsaGiveTheSameKey() throws Exception {
      PrivateKey key = keys("RSA").getPrivate();

      assertThat(read("RSA PRIVATE KEY", contentOf(key))).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource({"256, 06082a8648ce3d030107", "384, 06052b81040022", "521, 06052b81040023"})
    void ofCurvesGiveTheSameKey(int bits, String curve) throws Exception {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(bits);
      ECPrivateKey key = (ECPrivateKey) generator.generateKeyPair().getPrivate();

      PrivateKey read =
          read("EC PRIVATE KEY", traditional(key, (bits + 7) / 8, Der.of(0xA0, hex(curve))));

      assertThat(((ECPrivateKey) read).getS()).isEqualTo(key.getS());
      assertThat(((ECPrivateKey) read).getParams().getOrder())
          .isEqualTo(key.getParams().getOrder());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ec"})
    void areReadAsOpensslWritesThem(String algorithm) throws Exception {
      PemFile chain = PemFile.read(WRITTEN_BY_OPENSSL.resolve(algorithm + "-certificate.pem"));
      PemFile key = PemFile.read(WRITTEN_BY_OPENSSL.resolve(algorithm + "-traditional-key.pem"));

      ServerCertificate read =
          ServerCertificate.of(chain, key, Instant.parse("2030-01-01T00:00:00Z"));

      assertThat(read.subject()).isEqualTo("CN=" + algorithm + ".example");
    }
  }

  @Nested
  class Refused {
    @ParameterizedTest
    @ValueSource(strings = {"ec-encrypted-key.pem", "ec-traditional-encrypted-key.pem"})
    void isAKeyWithAPassword(String file) throws Exception {
      PemFile encrypted = PemFile.read(WRITTEN_BY_OPENSSL.resolve(file));

      assertThatThrownBy(() -> PrivateKeys.read(encrypted))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageEndingWith(file + ": expected a key without a password, was an encrypted one");
    }

    @Test
    void isASecondKey() throws Exception {
      String one = TestCertificate.pem("PRIVATE KEY", keys("EC").getPrivate().getEncoded());

      refuses(one + one, "expected one private key, was 2");
    }

    @Test
    void isAFileWithoutAKey() throws Exception {
      refuses("", "expected a block PRIVATE KEY, was no block at all");
      refuses(TestCertificate.root("x").pem(), "expected a block PRIVATE KEY, was CERTIFICATE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPENSSH PRIVATE KEY", "DSA PRIVATE KEY"})
    void isAKeyOfAnotherFormat(String label) {
      refuses(
          TestCertificate.pem(label, new byte[20]),
          "expected PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY, was " + label);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DSA", "X25519"})
    void isAnAlgorithmThatTlsCannotUse(String algorithm) throws Exception {
      refuses(
          TestCertificate.pem("PRIVATE KEY", keys(algorithm).getPrivate().getEncoded()),
          "expected a key of RSA, RSASSA-PSS, EC, Ed25519 or Ed448, was of another kind");
    }

    @Test
    void isAKeyOfACurveThatDoesNotNameTheCurve() throws Exception {
      ECPrivateKey key = (ECPrivateKey) keys("EC").getPrivate();

      refuses(
          TestCertificate.pem("EC PRIVATE KEY", traditional(key, 32, new byte[0])),
          "expected the curve in the key, was none (RFC 5915 §3)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
    void isAnyPartOfAKey(String label) throws Exception {
      PrivateKey key = keys(label.startsWith("EC") ? "EC" : "RSA").getPrivate();
      byte[] whole =
          label.startsWith("EC")
              ? traditional((ECPrivateKey) key, 32, Der.of(0xA0, hex("06082a8648ce3d030107")))
              : label.startsWith("RSA") ? contentOf(key) : key.getEncoded();

      for (int i = 0; i < whole.length; i++) {
        refuses(
            TestCertificate.pem(label, Arrays.copyOf(whole, i)),
            "the private key cannot be decoded: ");
      }
    }
  }

  private static void refuses(String text, String fault) {
    assertThatThrownBy(() -> PrivateKeys.read(new PemFile(FILE, text)))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("key.pem: ")
        .hasMessageContaining(fault);
  }

  private static PrivateKey read(String label, byte[] key) throws IOException {
    return PrivateKeys.read(new PemFile(FILE, TestCertificate.pem(label, key)));
  }

  private static KeyPair keys(String algorithm) throws GeneralSecurityException {
    return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
  }

  /** Returns the key in the format of its algorithm, which is within that of all algorithms. */
  private static byte[] contentOf(PrivateKey key) {
    Der parts = new Der(key.getEncoded()).nextSequence();
    parts.next(Der.INTEGER);
    parts.next(Der.SEQUENCE);
    return parts.next(Der.OCTET_STRING);
  }

  private static byte[] traditional(ECPrivateKey key, int bytes, byte[] parameters) {
    byte[] number = key.getS().add(BigInteger.ONE.shiftLeft(8 * bytes)).toByteArray(); // with zeros
    return Der.of(
        Der.SEQUENCE,
        Der.of(Der.INTEGER, new byte[] {1}),
        Der.of(Der.OCTET_STRING, Arrays.copyOfRange(number, number.length - bytes, number.length)),
        parameters);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
