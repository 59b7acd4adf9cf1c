package io.github.signalhub.jdkserver.internal.certificates;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads private keys: {@code PRIVATE KEY} (PKCS #8, RFC 5958), {@code RSA PRIVATE KEY} (RFC 8017
 * §A.1.2) and {@code EC PRIVATE KEY} (RFC 5915). The JDK reads the first alone, so the others are
 * put into it. Stateless, so thread-safe.
 */
final class PrivateKeys {
  private static final String LABEL = "PRIVATE KEY";
  private static final byte[] VERSION = Der.of(Der.INTEGER, new byte[] {0});
  private static final byte[] NULL = {5, 0};
  private static final int PARAMETERS = 0xA0; // [0] of an ECPrivateKey
  private static final String RSA = "2a864886f70d010101"; // rsaEncryption, RFC 8017 §A.1
  private static final String EC = "2a8648ce3d0201"; // id-ecPublicKey, RFC 5480 §2.1.1

  private PrivateKeys() {}

  /**
   * Returns the only private key of a file. Blocks that are no keys are ignored.
   *
   * @throws UnusableFileException if there is not exactly one, or it cannot be used
   */
  static PrivateKey read(PemFile file) throws UnusableFileException {
    List<PemFile.Block> all = file.blocks();
    List<PemFile.Block> keys = all.stream().filter(each -> each.label().endsWith(LABEL)).toList();
    if (keys.isEmpty()) {
      throw file.fault("expected a block PRIVATE KEY, was " + PemFile.labels(all));
    } else if (keys.size() > 1) {
      throw file.fault("expected one private key, was " + keys.size());
    }
    PemFile.Block key = keys.get(0);
    if (key.isEncrypted()) {
      throw file.fault("expected a key without a password, was an encrypted one");
    }
    try {
      return decode(key);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw file.fault("the private key cannot be decoded", e);
    }
  }

  private static PrivateKey decode(PemFile.Block block)
      throws UnusableFileException, GeneralSecurityException {
    byte[] encoded = block.decode();
    byte[] pkcs8 =
        switch (block.label()) {
          case LABEL -> encoded;
          case "RSA PRIVATE KEY" -> pkcs8(RSA, NULL, encoded);
          case "EC PRIVATE KEY" -> pkcs8(EC, curve(encoded), encoded);
          default ->
              throw block
                  .file()
                  .fault(
                      "expected PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY, was "
                          + block.label());
        };
    String algorithm = algorithm(pkcs8);
    if (algorithm.isEmpty()) {
      throw block
          .file()
          .fault("expected a key of RSA, RSASSA-PSS, EC, Ed25519 or Ed448, was of another kind");
    }
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static byte[] pkcs8(String algorithm, byte[] parameters, byte[] key) {
    byte[] identifier = Der.of(Der.OBJECT_IDENTIFIER, HexFormat.of().parseHex(algorithm));
    return Der.of(
        Der.SEQUENCE,
        VERSION,
        Der.of(Der.SEQUENCE, identifier, parameters),
        Der.of(Der.OCTET_STRING, key));
  }

  /** Returns the parameters of a key of RFC 5915, which says that they must be there. */
  private static byte[] curve(byte[] key) {
    Der parts = new Der(key).nextSequence();
    parts.next(Der.INTEGER);
    parts.next(Der.OCTET_STRING);
    if (!parts.nextIs(PARAMETERS)) {
      throw new IllegalArgumentException("expected the curve in the key, was none (RFC 5915 §3)");
    }
    return parts.next(PARAMETERS);
  }

  /** Returns the JDK's name of a key's algorithm; empty if TLS cannot use it. */
  private static String algorithm(byte[] pkcs8) {
    Der parts = new Der(pkcs8).nextSequence();
    parts.next(Der.INTEGER);
    byte[] identifier = parts.nextSequence().next(Der.OBJECT_IDENTIFIER);
    return switch (HexFormat.of().formatHex(identifier)) {
      case RSA -> "RSA";
      case "2a864886f70d01010a" -> "RSASSA-PSS"; // RFC 8017 §A.2.3
      case EC -> "EC";
      case "2b6570", "2b6571" -> "EdDSA"; // RFC 8410 §3
      default -> "";
    };
  }
}
