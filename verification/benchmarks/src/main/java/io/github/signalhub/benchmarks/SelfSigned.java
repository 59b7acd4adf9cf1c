package io.github.signalhub.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** A self-signed certificate for localhost, made by the keytool of the running JDK. */
public final class SelfSigned {
  /** The password of {@link #trusting}'s files. */
  public static final String PASSWORD = "benchmark";

  private SelfSigned() {}

  /**
   * Makes a new key in a file for servers of benchmarks, with {@link #PASSWORD}.
   *
   * @return a context for clients that trusts it
   * @throws IOException if keytool is missing or fails
   */
  public static SSLContext trusting(Path file) throws IOException, GeneralSecurityException {
    Files.deleteIfExists(file);
    makeKey(file, PASSWORD);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", store.getCertificate("localhost"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /**
   * Makes a key and returns a server's context with it; nothing stays on disk.
   *
   * @throws IOException if keytool is missing or fails
   */
  static SSLContext context() throws IOException, GeneralSecurityException {
    Path folder = Files.createTempDirectory("signal-hub");
    Path file = folder.resolve("key.p12");
    char[] password = UUID.randomUUID().toString().toCharArray();
    try {
      makeKey(file, new String(password));
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, password);
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  /**
   * Returns a context for clients of a server that has just made its certificate, and trusts it.
   */
  static SSLContext trustingAnybody() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Credulous()}, null);
    return context;
  }

  private static void makeKey(Path file, String password) throws IOException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    ProcessBuilder command =
        new ProcessBuilder(keytool.toString(), "-genkeypair", "-alias", "localhost");
    command.command().addAll(List.of("-keyalg", "EC", "-dname", "CN=localhost"));
    command.command().addAll(List.of("-ext", "san=dns:localhost,ip:127.0.0.1"));
    command.command().addAll(List.of("-validity", "30", "-storetype", "PKCS12"));
    command.command().addAll(List.of("-storepass", password));
    command.command().addAll(List.of("-keystore", file.toString()));
    Process process = command.redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool ran", e);
    }
  }

  /** Trusts every certificate, because the server has just made its own. */
  private static final class Credulous extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
