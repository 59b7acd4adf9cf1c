package io.github.signalhub.testkit;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * The kit uses only the hub's public packages. Outside the contract, it reads no real clock, but
 * for an engine in real time.
 */
class ImportRulesTest {
  private static final String ROOT = "io.github.signalhub";
  private static final String CONTRACT = ROOT + ".testkit.contract";
  private static final String BACKBONE = ROOT + ".testkit.backbone";
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
            BACKBONE,
            CONTRACT)
        .check(CLASSES);
  }

  @Test
  void nothingIsLeftToTheWallClockToThreadsOrToChance() {
    noClasses()
        .that()
        .resideOutsideOfPackage(CONTRACT) // the peers of the contract use sockets
        .and()
        .doNotHaveFullyQualifiedName(BACKBONE + ".EngineThread")
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
        .haveNameMatching("java\\.util\\.concurrent\\..*Executor.*")
        .orShould()
        .callMethodWhere(
            target(owner(type(CompletableFuture.class))).and(target(nameMatching(".*Async"))))
        .check(CLASSES);
  }
}
