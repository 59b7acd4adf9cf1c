package io.github.signalhub.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The kit uses only the hub's public packages. Outside the contract, it reads no real clock. */
class ImportRulesTest {
  private static final String ROOT = "io.github.signalhub";
  private static final String CONTRACT = ROOT + ".testkit.contract";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT + ".testkit");

  @Test
  void theKitImportsWhatTheHubExports() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.io..",
            "java.lang..",
            "java.time..",
            "java.util..",
            "java.net",
            "java.nio",
            "java.nio.charset",
            "java.security",
            "org.jspecify.annotations",
            ROOT,
            ROOT + ".admission",
            ROOT + ".connection",
            ROOT + ".json",
            ROOT + ".memory",
            ROOT + ".spi",
            ROOT + ".testkit",
            CONTRACT)
        .check(CLASSES);
  }

  @Test
  void nothingIsLeftToTheWallClockToThreadsOrToChance() {
    noClasses()
        .that()
        .resideOutsideOfPackage(CONTRACT) // the peers of the contract use sockets
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(java.util.Random.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net", "java.nio")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.concurrent\\.(.*Executor.*|CompletableFuture.*)")
        .check(CLASSES);
  }
}
