package io.github.signalhub.redis;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Imports run one way: the API, the engine, the links. The hub is known by its SPI alone. */
class ImportRulesTest {
  private static final String HUB = "io.github.signalhub";
  private static final String ROOT = HUB + ".redis";
  private static final String ENGINE = ROOT + ".internal.engine";
  private static final String LINK = ROOT + ".internal.link";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void theLinksImportJedisAlone() {
    classes()
        .that()
        .resideInAPackage(LINK)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "redis.clients.jedis..", LINK)
        .check(CLASSES);
  }

  @Test
  void theEngineImportsTheLinksAndTheSpi() {
    classes()
        .that()
        .resideInAPackage(ENGINE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "redis.clients.jedis..", HUB + ".spi", HUB + ".internal.logger", LINK, ENGINE)
        .check(CLASSES);
  }

  @Test
  void theApiImportsWhatItSetsUp() {
    classes()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.net.ssl",
            "redis.clients.jedis..",
            "org.jspecify.annotations",
            HUB + ".spi",
            HUB + ".internal.logger",
            HUB + ".internal.settings",
            ROOT,
            LINK,
            ENGINE)
        .check(CLASSES);
  }
}
