package io.github.signalhub.jdkserver;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports run one way: the server to {@code internal.net}, that to the sans-I/O rooms. */
class ImportRulesTest {
  private static final String ROOT = "io.github.signalhub";
  private static final String SERVER = ROOT + ".jdkserver";
  private static final String WS = SERVER + ".internal.ws";
  private static final String HTTP = SERVER + ".internal.http";
  private static final String SSE = SERVER + ".internal.sse";
  private static final String EXCHANGE = SERVER + ".internal.exchange";
  private static final String NET = SERVER + ".internal.net";
  private static final String ADMISSION = ROOT + ".admission";
  private static final String LOGGER = ROOT + ".internal.logger";

  /** What a sans-I/O room may not know: channels, sockets, threads, clocks and loggers. */
  private static final DescribedPredicate<JavaClass> IO_THREADS_CLOCKS_AND_LOGGERS =
      resideInAnyPackage("java.nio.channels..", "java.util.logging..", "javax.net..")
          .or(nameMatching("java\\.net\\.[A-Za-z]*(Socket|Connection|InetAddress)[A-Za-z]*"))
          .or(nameMatching("java\\.util\\.concurrent\\.(locks\\..*|[A-Za-z]*(Execut|Pool).*)"))
          .or(nameMatching("java\\.util\\.concurrent\\.(CompletableFuture|Future)"))
          .or(nameMatching("java\\.lang\\.Thread(|Group|Local|\\$.*)"))
          .or(nameMatching("java\\.lang\\.System\\$Logger.*"))
          .or(resideInAPackage(ROOT + ".internal.logger"))
          .or(nameMatching("java\\.time\\.(Clock|InstantSource)"))
          .or(nameMatching("java\\.util\\.Timer(Task)?"))
          .as("I/O, threads, clocks or loggers");

  private static final JavaClasses SERVER_CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(SERVER);

  @ParameterizedTest
  @ValueSource(strings = {WS, HTTP, SSE})
  void aSansIoRoomImportsNoPackageOfOurs(String room) {
    DescribedPredicate<JavaClass> otherRooms =
        resideInAPackage(ROOT + "..").and(not(resideInAPackage(room)));

    noClasses()
        .that()
        .resideInAPackage(room + "..")
        .should()
        .dependOnClassesThat(otherRooms)
        .allowEmptyShould(true)
        .check(SERVER_CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {WS, HTTP, SSE})
  void aSansIoRoomKnowsNoChannelThreadClockOrLogger(String room) {
    noIoIn(room).check(SERVER_CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {WS, HTTP, SSE})
  void aSansIoRoomDoesNotAskWhatTimeItIs(String room) {
    noClasses()
        .that()
        .resideInAPackage(room + "..")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "getLogger", String.class)
        .orShould()
        .callMethod(Instant.class, "now")
        .allowEmptyShould(true)
        .check(SERVER_CLASSES);
  }

  @Test
  void exchangeImportsHttpAndTheLoggerAlone() {
    DescribedPredicate<JavaClass> ours = resideInAPackage(ROOT + "..");

    noClasses()
        .that()
        .resideInAPackage(EXCHANGE + "..")
        .should()
        .dependOnClassesThat(ours.and(not(resideInAnyPackage(EXCHANGE + "..", HTTP, LOGGER))))
        .check(SERVER_CLASSES);
  }

  @Test
  void netImportsTheOtherRoomsTheSpiTheAdmissionAndTheLoggerAlone() {
    DescribedPredicate<JavaClass> ours = resideInAPackage(ROOT + "..");

    noClasses()
        .that()
        .resideInAPackage(NET + "..")
        .should()
        .dependOnClassesThat(
            ours.and(
                not(
                    resideInAnyPackage(
                        NET + "..", WS, HTTP, SSE, EXCHANGE, LOGGER, ADMISSION, ROOT + ".spi"))))
        .allowEmptyShould(true)
        .check(SERVER_CLASSES);
  }

  @Test
  void netAloneUsesChannels() {
    classes()
        .that()
        .resideOutsideOfPackage(NET + "..")
        .should()
        .onlyDependOnClassesThat(not(resideInAPackage("java.nio.channels..")))
        .check(SERVER_CLASSES);
  }

  @Test
  void loggersAreReachedThroughTheRoomThatEscapesAlone() {
    noClasses()
        .should()
        .dependOnClassesThat(nameMatching("java\\.lang\\.System\\$Logger"))
        .check(SERVER_CLASSES);
  }

  @Test
  void theRulesBite() {
    JavaClasses culprits = new ClassFileImporter().importClasses(Locks.class, Sockets.class);

    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> noIoIn(SERVER).check(culprits))
        .withMessageContaining("ReentrantLock")
        .withMessageContaining("java.net.Socket");
    noIoIn(SERVER).check(new ClassFileImporter().importClasses(Harmless.class));
    assertThat(SERVER_CLASSES.containPackage(WS)).isTrue();
  }

  private static ArchRule noIoIn(String room) {
    return noClasses()
        .that()
        .resideInAPackage(room + "..")
        .should()
        .dependOnClassesThat(IO_THREADS_CLOCKS_AND_LOGGERS)
        .allowEmptyShould(true);
  }

  private static final class Locks {
    final ReentrantLock lock = new ReentrantLock();
  }

  private static final class Sockets {
    Socket socket;
  }

  private static final class Harmless {
    URI uri;
    ByteBuffer buffer;
  }
}
