package io.github.signalhub.jdkserver;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
import javax.net.ssl.TrustManager;
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
public record TestCertificate(X509Certificate certificate, KeyPair keys, TestCertificate issuer) {
  private static final int SEQUENCE = 0x30;
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant FAR_AWAY = Instant.parse("2120-01-01T00:00:00Z");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final byte[] ECDSA_WITH_SHA256 = // RFC 5758 §3.2
      der(SEQUENCE, identifier("2a8648ce3d040302"));
  private static final char[] NO_PASSWORD = {};

  /** Returns a certificate that signed itself. Its key is of a curve. */
  public static TestCertificate root(String name) throws GeneralSecurityException {
    return make(name, keys("EC"), null, LONG_AGO, FAR_AWAY);
  }

  /** Returns a certificate that this one signed. */
  public TestCertificate issue(String name) throws GeneralSecurityException {
    return issue(name, "EC");
  }

  /** Returns a certificate that this one signed, with a key of an algorithm. */
  public TestCertificate issue(String name, String algorithm) throws GeneralSecurityException {
    return make(name, keys(algorithm), this, LONG_AGO, FAR_AWAY);
  }

  /** Returns a certificate that this one signed, and that is valid from one time to another. */
  public TestCertificate issue(String name, Instant begin, Instant end)
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

  private static TestCertificate make(
      String name, KeyPair keys, TestCertificate issuer, Instant begin, Instant end)
      throws GeneralSecurityException {
    X500Principal subject = new X500Principal("CN=" + name);
    X500Principal signer = issuer == null ? subject : issuer.certificate.getSubjectX500Principal();
    byte[] content =
        der(
            SEQUENCE,
            der(0xA0, integer(BigInteger.TWO)), // version 3
            integer(new BigInteger(64, new SecureRandom()).add(BigInteger.ONE)),
            ECDSA_WITH_SHA256,
            signer.getEncoded(),
            der(SEQUENCE, time(begin), time(end)),
            subject.getEncoded(),
            keys.getPublic().getEncoded(),
            der(0xA3, der(SEQUENCE, authority(), alternativeNames())));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign((issuer == null ? keys : issuer.keys).getPrivate());
    signature.update(content);
    byte[] encoded = der(SEQUENCE, content, ECDSA_WITH_SHA256, bits(signature.sign()));
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    return new TestCertificate(certificate, keys, issuer);
  }

  private static byte[] authority() {
    byte[] isAuthority = der(SEQUENCE, der(0x01, new byte[] {-1}));
    return der(SEQUENCE, identifier("551d13"), der(0x04, isAuthority)); // §4.2.1.9
  }

  private static byte[] alternativeNames() {
    byte[] names =
        der(
            SEQUENCE,
            der(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)),
            der(0x82, "hub.example.com".getBytes(StandardCharsets.US_ASCII)), // of the guides
            der(0x87, new byte[] {127, 0, 0, 1}));
    return der(SEQUENCE, identifier("551d11"), der(0x04, names)); // §4.2.1.6
  }

  /** Returns a value in DER (X.690) with this tag, of these parts. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(tag);
    if (content.size() > 0xFF) {
      value.write(0x82); // two bytes of length
      value.write(content.size() >> 8);
    } else if (content.size() > 0x7F) {
      value.write(0x81);
    }
    value.write(content.size());
    value.writeBytes(content.toByteArray());
    return value.toByteArray();
  }

  private static byte[] identifier(String hex) {
    return der(0x06, HexFormat.of().parseHex(hex));
  }

  private static byte[] integer(BigInteger value) {
    return der(0x02, value.toByteArray());
  }

  private static byte[] time(Instant time) {
    return der(0x18, TIME.format(time).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] bits(byte[] bytes) {
    return der(0x03, new byte[] {0}, bytes);
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

  /** Returns one block. */
  public static String pem(String label, byte[] bytes) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, base64);
  }

  /** Writes both files, the chain first. */
  public void write(Path chainFile, Path keyFile) throws GeneralSecurityException, IOException {
    Files.writeString(chainFile, chainPem());
    Files.writeString(keyFile, keyPem());
  }

  /** Returns the context of a server that shows this certificate. */
  public SSLContext server() throws GeneralSecurityException, IOException {
    return context(keyManagers(), null);
  }

  /** Returns the context of a client that trusts only this certificate, and has none itself. */
  public SSLContext trusting() throws GeneralSecurityException, IOException {
    return trusting(certificate);
  }

  /** Returns the context of a client that trusts only this certificate, and shows its own. */
  public SSLContext trusting(TestCertificate own) throws GeneralSecurityException, IOException {
    return context(own.keyManagers(), trustManagers(certificate));
  }

  /** Returns the context of a client that trusts only a certificate, and has none itself. */
  public static SSLContext trusting(Certificate certificate)
      throws GeneralSecurityException, IOException {
    return context(null, trustManagers(certificate));
  }

  private static SSLContext context(KeyManager[] keys, TrustManager[] trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return context;
  }

  private static TrustManager[] trustManagers(Certificate certificate)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = emptyStore();
    trusted.setCertificateEntry("trusted", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    return trust.getTrustManagers();
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
