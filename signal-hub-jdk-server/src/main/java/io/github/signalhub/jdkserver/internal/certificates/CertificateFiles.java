package io.github.signalhub.jdkserver.internal.certificates;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLEngine;

/**
 * The files of a server's TLS, and what it asks of clients. Immutable.
 *
 * @param chain the server's certificate, then those of its issuers
 * @param key of the server's certificate
 * @param clients what clients are asked for; empty: they are asked for nothing
 * @param checkInterval the time between two looks at the files
 */
public record CertificateFiles(
    Path chain, Path key, Optional<ClientCertificates> clients, Duration checkInterval) {
  /** The usual time between two looks at the files. */
  public static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

  /** Checks that nothing is {@code null}. */
  public CertificateFiles {
    requireNonNull(chain, "chain");
    requireNonNull(key, "key");
    requireNonNull(clients, "clients");
    requireNonNull(checkInterval, "checkInterval");
  }

  /**
   * The certificates that clients are asked for.
   *
   * @param issuers the file with the certificates of those who issue them
   * @param required whether a client without one gets no connection
   */
  public record ClientCertificates(Path issuers, boolean required) {
    /** Checks that nothing is {@code null}. */
    public ClientCertificates {
      requireNonNull(issuers, "issuers");
    }
  }

  /** The contents of the files at one moment. */
  record Contents(PemFile chain, PemFile key, Optional<PemFile> issuers) {}

  /** Lets a connection ask its client for a certificate, if clients are asked. */
  public void prepare(SSLEngine engine) {
    if (clients.isPresent()) {
      if (clients.get().required()) {
        engine.setNeedClientAuth(true);
      } else {
        engine.setWantClientAuth(true);
      }
    }
  }

  Contents read() throws UnusableFileException {
    return new Contents(
        PemFile.read(chain),
        PemFile.read(key),
        clients.isPresent()
            ? Optional.of(PemFile.read(clients.get().issuers()))
            : Optional.empty());
  }
}
