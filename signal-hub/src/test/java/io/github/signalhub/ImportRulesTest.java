package io.github.signalhub;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.signalhub.internal.logger.HubLogger;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The imports that each room may have. They run one way. */
class ImportRulesTest {
  private static final String ROOT = "io.github.signalhub";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @ParameterizedTest(name = "{0} knows {1}")
  @CsvSource({
    "internal.address, ''",
    "internal.counters, ''",
    "internal.logger, ''",
    "internal.settings, ''",
    "internal.threads, ''",
    "connection, ''",
    "metrics, ''",
    "spi, connection internal.logger internal.settings",
    "internal.admission, internal.logger",
    "admission, internal.admission internal.logger internal.settings connection spi",
    "json, internal.settings",
    "memory, internal.settings connection spi",
    "internal.log, connection spi",
    "internal.control, internal.log json connection spi",
    "internal.session, internal.control internal.counters internal.log connection spi",
    "internal.node, internal.log internal.logger internal.presence internal.session json spi",
    "internal.refs, internal.address internal.control connection spi",
    "internal.presence, internal.session internal.control internal.counters internal.log"
        + " internal.logger connection spi",
    "internal.inbound, internal.control internal.refs internal.presence internal.session"
        + " connection internal.logger json spi",
  })
  void aRoomImportsOnlyTheRoomsItMayKnow(String room, String known) {
    String[] allowed =
        Stream.concat(
                Stream.of("java..", "org.jspecify.annotations", ROOT + "." + room),
                Arrays.stream(known.split(" "))
                    .filter(name -> !name.isEmpty())
                    .map(name -> ROOT + "." + name))
            .toArray(String[]::new);

    classes()
        .that()
        .resideInAPackage(ROOT + "." + room)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .check(CLASSES);
  }

  @Test
  void theLogAndTheSessionsKnowNoThreadsNoClocksAndNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".internal.log", ROOT + ".internal.session")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio.channels..", "java.net..", "java.time..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(System.Logger.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CLASSES);
  }

  @Test
  void oneRoomAloneKnowsTheLogger() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".internal.logger")
        .should()
        .dependOnClassesThat(assignableTo(System.Logger.class).and(not(type(HubLogger.class))))
        .check(CLASSES);
  }

  @Test
  void theModuleNeedsNothingButJavaBase() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            ROOT + "..",
            "java.io..",
            "java.lang..",
            "java.math..",
            "java.net..",
            "java.nio..",
            "java.security..",
            "java.time..",
            "java.util..",
            "org.jspecify.annotations") // for compilers alone: nobody needs the jar
        .check(CLASSES);
  }
}
