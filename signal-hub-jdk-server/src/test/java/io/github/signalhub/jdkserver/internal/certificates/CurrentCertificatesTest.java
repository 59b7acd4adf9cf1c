package io.github.signalhub.jdkserver.internal.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.signalhub.jdkserver.RecordedLog;
import io.github.signalhub.jdkserver.TestCertificate;
import io.github.signalhub.jdkserver.internal.certificates.CertificateFiles.ClientCertificates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurrentCertificatesTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private static TestCertificate root;
  private static TestCertificate first;
  private static TestCertificate second;

  @TempDir Path folder;
  private Path chain;
  private Path key;
  private Path issuers;
  private Instant now = NOW;
  private RecordedLog log;
  private CurrentCertificates current;

  @BeforeAll
  static void make() throws Exception {
    root = TestCertificate.root("root");
    first = root.issue("first");
    second = root.issue("second").issue("second server");
  }

  @BeforeEach
  void writeFiles() throws Exception {
    log = new RecordedLog(Level.INFO);
    chain = folder.resolve("chain.pem");
    key = folder.resolve("key.pem");
    issuers = folder.resolve("issuers.pem");
    first.write(chain, key);
    current = new CurrentCertificates(files(Optional.empty()));
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Nested
  class Starting {
    @ParameterizedTest
    @ValueSource(strings = {"RSA", "RSASSA-PSS", "EC", "Ed25519", "Ed448"})
    void usesACertificateOfEachAlgorithm(String algorithm) throws Exception {
      TestCertificate certificate = root.issue("x", algorithm);
      certificate.write(chain, key);

      start();

      assertThat(shown()).isEqualTo(certificate.certificate());
      assertThat(log.entries()).hasSize(1);
      assertThat(log.count("TLS uses the certificate CN=x of " + chain)).isEqualTo(1);
    }

    @Test
    void failsIfAFileCannotBeUsed() throws Exception {
      Files.writeString(key, second.keyPem());

      assertThatThrownBy(CurrentCertificatesTest.this::start)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(key + ": expected the key of certificate 1 (CN=first)");
      assertThatThrownBy(current::context).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void failsIfNobodyIssuesCertificatesOfClients() throws Exception {
      Files.writeString(issuers, first.keyPem());
      current = new CurrentCertificates(files(Optional.of(new ClientCertificates(issuers, true))));

      assertThatThrownBy(CurrentCertificatesTest.this::start)
          .hasMessage(issuers + ": expected a block CERTIFICATE, was PRIVATE KEY");
    }
  }

  @Nested
  class Changes {
    @Test
    void areUsedWhenTheyAreSeenTwice() throws Exception {
      start();
      second.write(chain, key);

      current.check();
      assertThat(shown()).isEqualTo(first.certificate());
      current.check();
      assertThat(shown()).isEqualTo(second.certificate());

      assertThat(log.count("TLS uses the certificate CN=second server")).isEqualTo(1);
    }

    @Test
    void ofOneFileAloneAreNotUsed() throws Exception {
      start();
      Files.writeString(chain, second.chainPem());
      current.check();
      Files.writeString(key, second.keyPem());
      current.check();
      assertThat(shown()).isEqualTo(first.certificate());
      assertThat(warnings()).isZero();

      current.check();

      assertThat(shown()).isEqualTo(second.certificate());
      assertThat(warnings()).isZero();
    }

    @Test
    void thatStopInTheMiddleKeepTheEarlierPairAndAreAWarningOnce() throws Exception {
      start();
      Files.writeString(key, second.keyPem());

      checkTimes(5);

      assertThat(shown()).isEqualTo(first.certificate());
      assertThat(warnings()).isEqualTo(1);
      assertThat(log.count("stay in use. " + key + ": expected the key of certificate 1"))
          .isEqualTo(1);
    }

    @Test
    void thatCannotBeUsedAreAWarningAgainAfterTheyWereUndone() throws Exception {
      start();
      for (int i = 1; i <= 3; i++) {
        Files.delete(chain);
        checkTimes(5);
        assertThat(warnings()).isEqualTo(i);

        Files.writeString(chain, first.chainPem());
        checkTimes(5);
      }

      assertThat(shown()).isEqualTo(first.certificate());
      assertThat(log.count("TLS uses")).isEqualTo(1);
    }

    @Test
    void ofALinkThatNamesAnotherFolderAreSeen() throws Exception {
      Path data = folder.resolve("..data"); // as Kubernetes changes a secret
      Path old = Files.createDirectory(folder.resolve("..1"));
      Path next = Files.createDirectory(folder.resolve("..2"));
      first.write(old.resolve("chain.pem"), old.resolve("key.pem"));
      second.write(next.resolve("chain.pem"), next.resolve("key.pem"));
      Files.createSymbolicLink(data, old.getFileName());
      Files.delete(chain);
      Files.delete(key);
      Files.createSymbolicLink(chain, Path.of("..data", "chain.pem"));
      Files.createSymbolicLink(key, Path.of("..data", "key.pem"));
      start();

      Path renamed = Files.createSymbolicLink(folder.resolve("..data_tmp"), next.getFileName());
      Files.move(renamed, data, StandardCopyOption.ATOMIC_MOVE);
      checkTimes(2);

      assertThat(shown()).isEqualTo(second.certificate());
    }

    @Test
    void thatKeepLengthAndTimeAreSeen() throws Exception {
      start();
      FileTime time = Files.getLastModifiedTime(chain);
      root.issue("third").write(chain, key);
      Files.setLastModifiedTime(chain, time);
      Files.setLastModifiedTime(key, time);
      checkTimes(2);

      assertThat(log.count("TLS uses the certificate CN=third")).isEqualTo(1);
    }

    @Test
    void ofACertificateThatIsNotYetValidAreUsedOnceItIs() throws Exception {
      start();
      TestCertificate early = root.issue("early", NOW.plus(DAY), NOW.plus(DAY.multipliedBy(99)));
      early.write(chain, key);
      checkTimes(3);
      assertThat(warnings()).isEqualTo(1);
      assertThat(log.count("(CN=early), which begins at 2026-05-02T12:00:00Z")).isEqualTo(1);

      now = NOW.plus(DAY);
      checkTimes(2);

      assertThat(log.count("TLS uses the certificate CN=early")).isEqualTo(1);
    }

    @Test
    void whileFilesAreReadNeverGiveAPairThatDoesNotFit() throws Exception {
      start();
      AtomicBoolean done = new AtomicBoolean();
      Thread writer = new Thread(() -> writeUntil(done));
      writer.start();
      try {
        for (int i = 0; i < 100; i++) {
          current.check();
          assertThat(shown()).isIn(first.certificate(), second.certificate());
        }
      } finally {
        done.set(true);
        writer.join();
      }
      second.write(chain, key);
      checkTimes(2);

      assertThat(shown()).isEqualTo(second.certificate());
    }

    private void writeUntil(AtomicBoolean done) {
      try {
        while (!done.get()) {
          second.write(chain, key);
          first.write(chain, key);
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Test
    void ofTheIssuersOfClientsAreUsed() throws Exception {
      Files.writeString(issuers, root.pem());
      current = new CurrentCertificates(files(Optional.of(new ClientCertificates(issuers, true))));
      start();
      SSLContext before = current.context();

      Files.writeString(issuers, root.pem() + second.pem());
      checkTimes(2);

      assertThat(current.context()).isNotSameAs(before);
    }
  }

  @Nested
  class Ends {
    @Test
    void areAWarningOnceADayFromFourteenDaysBeforeThem() throws Exception {
      Instant end = NOW.plus(DAY.multipliedBy(20));
      root.issue("x", NOW, end).write(chain, key);
      start();

      now = end.minus(Duration.ofDays(14)).minusSeconds(1);
      checkTimes(3);
      assertThat(warnings()).isZero();
      now = end.minus(Duration.ofDays(14));
      checkTimes(3);
      assertThat(warnings()).isEqualTo(1);
      now = now.plus(DAY).minusSeconds(1);
      checkTimes(3);
      assertThat(warnings()).isEqualTo(2);
      now = end.minusSeconds(1);
      checkTimes(3);
      assertThat(warnings()).isEqualTo(3);

      assertThat(log.count("The certificate CN=x of " + chain + " ends at " + end)).isEqualTo(3);
    }

    @Test
    void thatHavePassedAreAnotherWarning() throws Exception {
      Instant end = NOW.plus(DAY.multipliedBy(20));
      root.issue("x", NOW, end).write(chain, key);
      start();

      now = end.plusSeconds(1);
      checkTimes(3);

      assertThat(warnings()).isEqualTo(1);
      assertThat(log.count("The certificate CN=x of " + chain + " has ended at " + end))
          .isEqualTo(1);
    }

    @Test
    void thatAreNearAtTheStartAreAWarningAtOnce() throws Exception {
      root.issue("x", NOW, NOW.plus(DAY)).write(chain, key);

      start();

      assertThat(warnings()).isEqualTo(1);
    }

    @Test
    void ofAnEarlierPairAreForgottenWithIt() throws Exception {
      root.issue("x", NOW, NOW.plus(DAY)).write(chain, key);
      start();
      second.write(chain, key);
      checkTimes(2);

      now = NOW.plus(DAY.multipliedBy(2));
      checkTimes(3);

      assertThat(warnings()).isEqualTo(1);
    }
  }

  private CertificateFiles files(Optional<ClientCertificates> clients) {
    return new CertificateFiles(chain, key, clients, CertificateFiles.CHECK_INTERVAL);
  }

  private void start() throws IOException {
    current.start(() -> now);
  }

  private void checkTimes(int times) {
    for (int i = 0; i < times; i++) {
      current.check();
    }
  }

  private long warnings() {
    return log.count("WARNING");
  }

  /** Returns the certificate that a new client sees. */
  private Certificate shown() throws Exception {
    SSLEngine server = current.context().createSSLEngine();
    server.setUseClientMode(false);
    SSLEngine client = root.trusting().createSSLEngine("localhost", 1);
    client.setUseClientMode(true);
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    client.beginHandshake();
    for (int i = 0; i < 50 && !isDone(client); i++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
    }
    return client.getSession().getPeerCertificates()[0];
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    engine.wrap(ByteBuffer.allocate(0), out);
    in.flip();
    engine.unwrap(in, ByteBuffer.allocate(1 << 16));
    in.compact();
    for (Runnable task : tasks(engine)) {
      task.run();
    }
  }

  private static List<Runnable> tasks(SSLEngine engine) {
    return Optional.ofNullable(engine.getDelegatedTask()).stream().toList();
  }
}
