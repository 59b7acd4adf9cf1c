package io.github.signalhub.jdkserver;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.toSet;
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
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports run one way. A room imports only the rooms of this project that its row names. */
class ImportRulesTest {
  private static final String ROOT = "io.github.signalhub";
  private static final String SERVER = ROOT + ".jdkserver";
  private static final String INTERNAL = SERVER + ".internal.";

  /** Each room of the server, with the rooms that it may import. The lowest rooms come first. */
  private static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          room("http"),
          room("ws", "http"),
          room("exchange", "http", "logger"),
          room("loop", "connection", "spi", "logger"),
          room("capacity", "http", "connection", "spi", "logger", "threads", "address", "counters"),
          room("socket", "loop", "connection", "spi", "logger"),
          room("tls", "loop", "socket", "logger"),
          room("certificates", "logger"),
          room(
              "link",
              "ws",
              "loop",
              "capacity",
              "socket",
              "connection",
              "spi",
              "logger",
              "address",
              "counters"),
          room(
              "httpconnection",
              "http",
              "ws",
              "exchange",
              "loop",
              "capacity",
              "socket",
              "link",
              "admission",
              "connection",
              "spi",
              "logger",
              "address",
              "counters"),
          room(
              "server",
              "exchange",
              "loop",
              "capacity",
              "socket",
              "tls",
              "certificates",
              "link",
              "httpconnection",
              "admission",
              "connection",
              "metrics",
              "spi",
              "logger",
              "address",
              "counters"));

  private static final Map<String, String> ROOMS_OF_THE_HUB =
      Map.of(
          "address", ROOT + ".internal.address",
          "admission", ROOT + ".admission",
          "connection", ROOT + ".connection",
          "counters", ROOT + ".internal.counters",
          "metrics", ROOT + ".metrics",
          "spi", ROOT + ".spi",
          "logger", ROOT + ".internal.logger",
          "threads", ROOT + ".internal.threads");

  /** Not for rooms without I/O: channels, sockets, threads, clocks and loggers. */
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

  static Set<String> rooms() {
    return ROOMS.keySet();
  }

  @Test
  void everyRoomHasARow() {
    Set<String> found =
        SERVER_CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(INTERNAL))
            .map(name -> name.substring(INTERNAL.length()))
            .collect(toSet());

    assertThat(found).isEqualTo(rooms());
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aRoomImportsWhatItsRowNames(String room) {
    Set<String> allowed = new HashSet<>(Set.of(INTERNAL + room));
    ROOMS
        .get(room)
        .forEach(name -> allowed.add(ROOMS_OF_THE_HUB.getOrDefault(name, INTERNAL + name)));
    DescribedPredicate<JavaClass> otherRooms =
        resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed.toArray(String[]::new))));

    noClasses()
        .that()
        .resideInAPackage(INTERNAL + room)
        .should()
        .dependOnClassesThat(otherRooms)
        .check(SERVER_CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "http"})
  void aSansIoRoomKnowsNoChannelThreadClockOrLogger(String room) {
    noIoIn(INTERNAL + room).check(SERVER_CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "http"})
  void aSansIoRoomDoesNotAskWhatTimeItIs(String room) {
    noClasses()
        .that()
        .resideInAPackage(INTERNAL + room)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "getLogger", String.class)
        .orShould()
        .callMethod(Instant.class, "now")
        .check(SERVER_CLASSES);
  }

  @Test
  void channelsAreUsedInTheRoomsOfLoopsAndSocketsAlone() {
    classes()
        .that()
        .resideOutsideOfPackages(
            INTERNAL + "loop", INTERNAL + "socket", INTERNAL + "tls", INTERNAL + "server")
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
  }

  private static Map.Entry<String, Set<String>> room(String name, String... imports) {
    return Map.entry(name, Set.of(imports));
  }

  private static ArchRule noIoIn(String room) {
    return noClasses()
        .that()
        .resideInAPackage(room + "..")
        .should()
        .dependOnClassesThat(IO_THREADS_CLOCKS_AND_LOGGERS);
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
