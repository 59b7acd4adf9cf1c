package io.github.signalhub.jdkserver.internal.certificates;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.certificates.CertificateFiles.Contents;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificates of a server, as its files have them. New connections use the files' newest
 * content that is usable. Each content has a context of its own. So a client cannot resume a
 * session of an earlier content, and a handshake never gets parts of two contents.
 *
 * <p>The owner calls {@link #check} again and again. A change has to be there at two calls before
 * it is used. So files in the middle of being written are not used. A fault has to be there at two
 * calls before there is a warning. Contents are compared, not times or sizes, because links may be
 * exchanged and times may be set.
 *
 * <p>Thread-safe.
 */
public final class CurrentCertificates {
  /** How long before the end of a certificate the warnings begin. */
  static final Duration WARNING_TIME = Duration.ofDays(14);

  private static final HubLogger LOG = HubLogger.of(CurrentCertificates.class);
  private static final long SECONDS_OF_A_DAY = Duration.ofDays(1).toSeconds();
  private static final char[] NO_PASSWORD = {}; // the key store stays in memory

  private final CertificateFiles files;
  private volatile Used used; // null before the start
  private volatile InstantSource clock = InstantSource.system();

  // Guarded by this, from here on.

  private Contents seen; // at the last check; null if the files could not be read
  private String fault = ""; // at the last check
  private String toldFault = "";
  private long toldDays = Long.MAX_VALUE;

  /** A content that is in use. */
  private record Used(Contents contents, ServerCertificate certificate, SSLContext context) {}

  /** Creates certificates that are not read yet. */
  public CurrentCertificates(CertificateFiles files) {
    this.files = requireNonNull(files, "files");
  }

  /**
   * Reads the files for the first time.
   *
   * @param clock by which certificates have to be valid
   * @throws IOException if they cannot be used. The message names the file, and what is wrong in it
   */
  public synchronized void start(InstantSource clock) throws IOException {
    this.clock = clock;
    use(load(files.read()));
    warnOfEnd();
  }

  /** Returns the time between two calls of {@link #check}. */
  public Duration checkInterval() {
    return files.checkInterval();
  }

  /**
   * Returns the context for new connections.
   *
   * @throws IllegalStateException before the start
   */
  public SSLContext context() {
    return current().context();
  }

  /**
   * Returns the time until the first certificate of the chain ends; negative after that. Does not
   * wait for the file system.
   *
   * @throws IllegalStateException before the start
   */
  public Duration untilEnd() {
    return Duration.between(clock.instant(), current().certificate().end());
  }

  private Used current() {
    Used now = used;
    if (now == null) {
      throw new IllegalStateException("the certificates are read when the server starts");
    }
    return now;
  }

  /**
   * Reads the files again. Uses them if they have changed and can be used. Otherwise the earlier
   * content stays in use. Waits for the file system.
   */
  public synchronized void check() {
    Contents before = seen;
    seen = null;
    try {
      seen = files.read();
      if (!seen.equals(used.contents())) {
        Used next = load(seen);
        if (seen.equals(before)) {
          use(next);
        }
      }
      fault = "";
      toldFault = "";
    } catch (UnusableFileException e) {
      warnOfFault(e);
    }
    warnOfEnd();
  }

  private void warnOfFault(UnusableFileException e) {
    boolean again = e.getMessage().equals(fault);
    fault = e.getMessage();
    if (again && !fault.equals(toldFault)) {
      toldFault = fault;
      LOG.log(
          Level.WARNING,
          "A changed file of TLS cannot be used, so the earlier certificates stay in use. {0}: {1}",
          e.file(),
          e.fault());
    }
  }

  private void use(Used next) {
    used = next;
    toldDays = Long.MAX_VALUE;
    LOG.log(
        Level.INFO,
        "TLS uses the certificate {0} of {1}, which ends at {2}",
        next.certificate().subject(),
        files.chain(),
        next.certificate().end());
  }

  private Used load(Contents contents) throws UnusableFileException {
    ServerCertificate certificate =
        ServerCertificate.of(contents.chain(), contents.key(), clock.instant());
    List<X509Certificate> issuers =
        contents.issuers().isPresent()
            ? ServerCertificate.certificates(contents.issuers().get())
            : List.of();
    try {
      return new Used(contents, certificate, context(certificate, issuers));
    } catch (GeneralSecurityException | IOException e) {
      throw contents.chain().fault("TLS cannot use the certificate", e);
    }
  }

  private static SSLContext context(ServerCertificate certificate, List<X509Certificate> issuers)
      throws GeneralSecurityException, IOException {
    KeyStore own = emptyStore();
    own.setKeyEntry(
        "server", certificate.key(), NO_PASSWORD, certificate.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), issuers.isEmpty() ? null : trust(issuers), null);
    return context;
  }

  private static TrustManager[] trust(List<X509Certificate> issuers)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = emptyStore();
    for (int i = 0; i < issuers.size(); i++) {
      trusted.setCertificateEntry("issuer-" + i, issuers.get(i));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    return trust.getTrustManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Warns once a day, from two weeks before the end on. */
  private void warnOfEnd() {
    Instant now = clock.instant();
    Instant end = used.certificate().end();
    long days = Math.floorDiv(Duration.between(now, end).toSeconds(), SECONDS_OF_A_DAY);
    if (end.isAfter(now.plus(WARNING_TIME)) || days >= toldDays) {
      return;
    }
    toldDays = days;
    LOG.log(
        Level.WARNING,
        now.isAfter(end)
            ? "The certificate {0} of {1} has ended at {2}: clients refuse it"
            : "The certificate {0} of {1} ends at {2}: replace it",
        used.certificate().subject(),
        files.chain(),
        end);
  }
}
