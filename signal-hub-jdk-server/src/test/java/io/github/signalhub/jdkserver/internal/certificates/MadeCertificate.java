package io.github.signalhub.jdkserver.internal.certificates;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate and its key. The test itself encodes and signs it (RFC 5280), so it needs no tool,
 * and can be wrong in any way.
 *
 * @param certificate for localhost
 * @param keys of the certificate
 * @param issuer that signed it; {@code null} if it did so itself
 */
public record MadeCertificate(X509Certificate certificate, KeyPair keys, MadeCertificate issuer) {
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant FAR_AWAY = Instant.parse("2120-01-01T00:00:00Z");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final byte[] ECDSA_WITH_SHA256 = // RFC 5758 §3.2
      Der.of(Der.SEQUENCE, identifier("2a8648ce3d040302"));
  private static final char[] NO_PASSWORD = {};

  /** Returns a certificate that signed itself. Its key is of a curve. */
  public static MadeCertificate root(String name) throws GeneralSecurityException {
    return make(name, keys("EC"), null, LONG_AGO, FAR_AWAY);
  }

  /** Returns a certificate that this one signed. */
  public MadeCertificate issue(String name) throws GeneralSecurityException {
    return issue(name, "EC");
  }

  MadeCertificate issue(String name, String algorithm) throws GeneralSecurityException {
    return make(name, keys(algorithm), this, LONG_AGO, FAR_AWAY);
  }

  /** Returns a certificate that this one signed, and that is valid from one time to another. */
  public MadeCertificate issue(String name, Instant begin, Instant end)
      throws GeneralSecurityException {
    return make(name, keys("EC"), this, begin, end);
  }

  private static KeyPair keys(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(256);
    } else if (!algorithm.startsWith("Ed")) {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  private static MadeCertificate make(
      String name, KeyPair keys, MadeCertificate issuer, Instant begin, Instant end)
      throws GeneralSecurityException {
    X500Principal subject = new X500Principal("CN=" + name);
    X500Principal signer = issuer == null ? subject : issuer.certificate.getSubjectX500Principal();
    byte[] content =
        Der.of(
            Der.SEQUENCE,
            Der.of(0xA0, integer(BigInteger.TWO)), // version 3
            integer(new BigInteger(64, new SecureRandom()).add(BigInteger.ONE)),
            ECDSA_WITH_SHA256,
            signer.getEncoded(),
            Der.of(Der.SEQUENCE, time(begin), time(end)),
            subject.getEncoded(),
            keys.getPublic().getEncoded(),
            Der.of(0xA3, Der.of(Der.SEQUENCE, authority(), alternativeNames())));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign((issuer == null ? keys : issuer.keys).getPrivate());
    signature.update(content);
    byte[] encoded = Der.of(Der.SEQUENCE, content, ECDSA_WITH_SHA256, bits(signature.sign()));
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    return new MadeCertificate(certificate, keys, issuer);
  }

  private static byte[] authority() {
    byte[] isAuthority = Der.of(Der.SEQUENCE, Der.of(0x01, new byte[] {-1}));
    return Der.of(
        Der.SEQUENCE, identifier("551d13"), Der.of(Der.OCTET_STRING, isAuthority)); // §4.2.1.9
  }

  private static byte[] alternativeNames() {
    byte[] names =
        Der.of(
            Der.SEQUENCE,
            Der.of(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)),
            Der.of(0x87, new byte[] {127, 0, 0, 1}));
    return Der.of(Der.SEQUENCE, identifier("551d11"), Der.of(Der.OCTET_STRING, names)); // §4.2.1.6
  }

  private static byte[] identifier(String hex) {
    return Der.of(Der.OBJECT_IDENTIFIER, HexFormat.of().parseHex(hex));
  }

  private static byte[] integer(BigInteger value) {
    return Der.of(Der.INTEGER, value.toByteArray());
  }

  private static byte[] time(Instant time) {
    return Der.of(0x18, TIME.format(time).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] bits(byte[] bytes) {
    return Der.of(0x03, new byte[] {0}, bytes);
  }

  /** Returns this certificate, and those of its issuers but the root. */
  public String chainPem() throws GeneralSecurityException {
    return issuer == null || issuer.issuer == null ? pem() : pem() + issuer.chainPem();
  }

  /** Returns this certificate alone. */
  public String pem() throws GeneralSecurityException {
    return pem("CERTIFICATE", certificate.getEncoded());
  }

  /** Returns the key in the format of all algorithms (RFC 5958). */
  public String keyPem() {
    return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  static String pem(String label, byte[] bytes) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, base64);
  }

  /** Writes both files, the chain first. */
  public void write(Path chainFile, Path keyFile) throws GeneralSecurityException, IOException {
    Files.writeString(chainFile, chainPem());
    Files.writeString(keyFile, keyPem());
  }

  /** Returns the context of a client that trusts only this certificate, and has none itself. */
  public SSLContext trusting() throws GeneralSecurityException, IOException {
    return trusting(null);
  }

  /** Returns the context of a client that trusts only this certificate, and shows its own. */
  public SSLContext trusting(MadeCertificate own) throws GeneralSecurityException, IOException {
    KeyStore trusted = emptyStore();
    trusted.setCertificateEntry("trusted", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own == null ? null : own.keyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private KeyManager[] keyManagers() throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    store.setKeyEntry("own", keys.getPrivate(), NO_PASSWORD, new Certificate[] {certificate});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, NO_PASSWORD);
    return managers.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
