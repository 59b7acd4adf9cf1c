package io.github.signalhub.benchmarks.servers;

import io.github.signalhub.benchmarks.SelfSigned;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The key of a server, from its argument {@code tls=FILE}. Without it, there is no TLS. Immutable.
 */
final class Tls {
  private static final String ARGUMENT = "tls=";

  private final Optional<Path> file;

  private Tls(Optional<Path> file) {
    this.file = file;
  }

  static Tls of(String... args) {
    return new Tls(
        Arrays.stream(args)
            .filter(each -> each.startsWith(ARGUMENT))
            .map(each -> Path.of(each.substring(ARGUMENT.length())))
            .findFirst());
  }

  boolean isOn() {
    return file.isPresent();
  }

  /** Returns the file, of PKCS12; {@link SelfSigned#PASSWORD} opens it. */
  Path file() {
    return file.orElseThrow();
  }

  KeyManagerFactory keys() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file())) {
      store.load(in, SelfSigned.PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, SelfSigned.PASSWORD.toCharArray());
    return keys;
  }

  SSLContext context() throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys().getKeyManagers(), null, null);
    return context;
  }
}
