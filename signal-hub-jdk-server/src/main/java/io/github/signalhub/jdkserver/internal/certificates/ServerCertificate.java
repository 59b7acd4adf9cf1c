package io.github.signalhub.jdkserver.internal.certificates;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * The certificates that a server shows, and the key of the first one. The key fits, each
 * certificate is signed by the next one, and all of them are valid. Immutable.
 *
 * @param chain the certificate of the server, then those of its issuers (RFC 8446 §4.4.2)
 */
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] PROBE = {1, 2, 3};

  /**
   * Checks what two files have.
   *
   * @param now by which the certificates have to be valid
   * @throws UnusableFileException if the files cannot be used together
   */
  static ServerCertificate of(PemFile chainFile, PemFile keyFile, Instant now)
      throws UnusableFileException {
    List<X509Certificate> chain = certificates(chainFile);
    PrivateKey key = PrivateKeys.read(keyFile);
    checkKey(chainFile, chain, keyFile, key);
    checkOrder(chainFile, chain);
    checkTime(chainFile, chain, now);
    return new ServerCertificate(List.copyOf(chain), key);
  }

  /**
   * Returns all certificates of a file, unchecked. Other blocks are ignored.
   *
   * @throws UnusableFileException if there is none, or one cannot be decoded
   */
  static List<X509Certificate> certificates(PemFile file) throws UnusableFileException {
    List<PemFile.Block> all = file.blocks();
    List<X509Certificate> certificates = new ArrayList<>();
    for (PemFile.Block block : all) {
      if (block.label().equals("CERTIFICATE")) {
        certificates.add(decode(block));
      }
    }
    if (certificates.isEmpty()) {
      throw file.fault("expected a block CERTIFICATE, was " + PemFile.labels(all));
    }
    return certificates;
  }

  private static X509Certificate decode(PemFile.Block block) throws UnusableFileException {
    ByteArrayInputStream encoded = new ByteArrayInputStream(block.decode());
    try {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(encoded);
    } catch (CertificateException e) {
      throw block.file().fault("the certificate of line " + block.line() + " cannot be decoded", e);
    }
  }

  private static void checkKey(
      PemFile chainFile, List<X509Certificate> chain, PemFile keyFile, PrivateKey key)
      throws UnusableFileException {
    if (fits(key, chain.get(0).getPublicKey())) {
      return;
    }
    for (int i = 1; i < chain.size(); i++) {
      if (fits(key, chain.get(i).getPublicKey())) {
        throw chainFile.fault("expected the certificate of the key first, it is " + name(chain, i));
      }
    }
    throw keyFile.fault(
        "expected the key of " + name(chain, 0) + " in " + chainFile + ", was another one");
  }

  private static boolean fits(PrivateKey key, PublicKey certified) {
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      return false;
    }
    if (key instanceof RSAKey one && certified instanceof RSAKey other) {
      return one.getModulus().equals(other.getModulus());
    }
    try {
      Signature signature =
          Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA");
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // the curves differ
    }
  }

  private static void checkOrder(PemFile file, List<X509Certificate> chain)
      throws UnusableFileException {
    for (int i = 1; i < chain.size(); i++) {
      try {
        chain.get(i - 1).verify(chain.get(i).getPublicKey());
      } catch (GeneralSecurityException e) {
        throw file.fault(
            "expected each certificate before that of its issuer, was "
                + name(chain, i)
                + " after "
                + name(chain, i - 1));
      }
    }
  }

  private static void checkTime(PemFile file, List<X509Certificate> chain, Instant now)
      throws UnusableFileException {
    for (int i = 0; i < chain.size(); i++) {
      Instant begin = chain.get(i).getNotBefore().toInstant();
      Instant end = chain.get(i).getNotAfter().toInstant();
      if (now.isBefore(begin) || now.isAfter(end)) {
        throw file.fault(
            "expected certificates that are valid now, was "
                + name(chain, i)
                + (now.isBefore(begin) ? ", which begins at " + begin : ", which ended at " + end));
      }
    }
  }

  private static String name(List<X509Certificate> chain, int index) {
    return "certificate " + (index + 1) + " (" + subject(chain.get(index)) + ")";
  }

  private static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  /** Returns the subject of the server's own certificate (RFC 2253). */
  String subject() {
    return subject(chain.get(0));
  }

  /** Returns when the first of the certificates ends. */
  Instant end() {
    return chain.stream()
        .map(X509Certificate::getNotAfter)
        .min(Date::compareTo)
        .orElseThrow()
        .toInstant();
  }
}
