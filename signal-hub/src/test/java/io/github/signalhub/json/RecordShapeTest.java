package io.github.signalhub.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.Hub;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordShapeTest {

  public record Point(int x, long y, String label) {}

  private record Hidden(boolean a) {}

  record Sparse(Optional<String> a, String b, OptionalInt c, Optional<Integer> d) {}

  record Generic<T>(T größe, List<Generic<T>> rest) {}

  record Empty() {}

  record Named(String name) implements CharSequence {
    @Override
    public int length() {
      return name.length();
    }

    @Override
    public char charAt(int index) {
      return name.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return name.subSequence(start, end);
    }
  }

  record Overridden(int x) {
    @Override
    public int x() {
      return x + 1;
    }
  }

  record Failing(int x) {
    @Override
    public int x() {
      throw new IllegalStateException("not now");
    }
  }

  record Sneaky(int x) {
    @Override
    public int x() {
      throw this.<RuntimeException>sneak(new IOException("checked"));
    }

    @SuppressWarnings("unchecked")
    private <E extends Throwable> E sneak(Throwable e) throws E {
      throw (E) e;
    }
  }

  @Nested
  class Components {
    @Test
    void areWrittenInTheirOrder() {
      assertThat(Json.write(new Point(1, -2, null))).isEqualTo("{\"x\":1,\"y\":-2,\"label\":null}");
      assertThat(Json.write(new Empty())).isEqualTo("{}");
    }

    @Test
    void areLeftOutIfTheyAreEmptyOptionals() {
      assertThat(
              Json.write(new Sparse(Optional.empty(), null, OptionalInt.empty(), Optional.of(4))))
          .isEqualTo("{\"b\":null,\"d\":4}");
      assertThat(Json.write(new Sparse(Optional.of("a"), "b", OptionalInt.of(3), Optional.empty())))
          .isEqualTo("{\"a\":\"a\",\"b\":\"b\",\"c\":3}");
    }

    @Test
    void nest() {
      Generic<Integer> value = new Generic<>(1, List.of(new Generic<>(2, List.of())));

      assertThat(Json.write(value)).isEqualTo("{\"größe\":1,\"rest\":[{\"größe\":2,\"rest\":[]}]}");
    }

    @Test
    void areReadByTheirAccessors() {
      assertThat(Json.write(new Overridden(1))).isEqualTo("{\"x\":2}");
    }

    @Test
    void countMoreThanBeingACollectionOrAText() {
      assertThat(Json.write(new Named("a"))).isEqualTo("{\"name\":\"a\"}");
    }
  }

  @Nested
  class Failures {
    @Test
    void ofAccessorsReachTheCaller() {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> Json.write(new Failing(1)))
          .withMessage("not now");
      assertThatExceptionOfType(UndeclaredThrowableException.class)
          .isThrownBy(() -> Json.write(new Sneaky(1)))
          .withCauseInstanceOf(IOException.class);
    }
  }

  @Nested
  class Access {
    @Test
    void isGivenToPrivateAndLocalRecordsOutsideModules() {
      record Local(int z) {}

      assertThat(Json.write(List.of(new Hidden(true), new Local(3))))
          .isEqualTo("[{\"a\":true},{\"z\":3}]");
    }

    @Test
    void isTakenWhereAModuleGrantsIt(@TempDir Path folder) throws Exception {
      ClassLoader module = moduleWithRecords(folder);

      assertThat(Json.write(instance(module, "exported.Open"))).isEqualTo("{\"x\":7}");
      assertThat(Json.write(instance(module, "opened.Open"))).isEqualTo("{\"x\":7}");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(instance(module, "closed.Closed")))
          .withMessage(
              "expected a record that is public in an exported package, was closed.Closed (make it"
                  + " so, or let its module-info say: opens closed to io.github.signalhub;)");
    }

    @Test
    void isCheckedForTheRecordsThatComponentsDeclareToo(@TempDir Path folder) throws Exception {
      ClassLoader module = moduleWithRecords(folder);
      Class<?> outer = module.loadClass("exported.Outer");

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.checkWritable(outer.asSubclass(Record.class)))
          .withMessageContaining("was closed.Closed (make it so")
          .withMessageContaining("opens closed to io.github.signalhub;");
      Json.checkWritable(Generic.class);
      Json.checkWritable(module.loadClass("exported.Open").asSubclass(Record.class));
    }

    @Test
    void isCheckedWhenAMessageIsPublished(@TempDir Path folder) throws Exception {
      Object closed = instance(moduleWithRecords(folder), "closed.Closed");

      try (Hub hub = Hub.create()) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> hub.broadcast("CLOSED", closed))
            .withMessageContaining("opens closed to io.github.signalhub;");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> hub.onMessage("CLOSED", closed.getClass(), (client, it) -> {}))
            .withMessageContaining("opens closed to io.github.signalhub;");
      }
    }

    private Object instance(ClassLoader module, String name) throws Exception {
      Class<?> exported = module.loadClass("exported.Maker");
      return exported.getMethod("make", String.class).invoke(null, name);
    }

    private ClassLoader moduleWithRecords(Path folder) throws IOException {
      Path sources = Files.createDirectory(folder.resolve("sources"));
      Path classes = Files.createDirectory(folder.resolve("classes"));
      List<Path> files =
          List.of(
              source(sources, "module-info", "module m { exports exported; opens opened; }"),
              source(sources, "exported/Open", "package exported; public record Open(int x) {}"),
              source(sources, "opened/Open", "package opened; public record Open(int x) {}"),
              source(sources, "closed/Closed", "package closed; public record Closed(int x) {}"),
              source(
                  sources,
                  "exported/Outer",
                  "package exported; public record Outer("
                      + "Outer self, java.util.Map<String, java.util.List<closed.Closed[]>> rest) {}"),
              source(
                  sources,
                  "exported/Maker",
                  "package exported; public class Maker {"
                      + " public static Object make(String name) throws Exception {"
                      + " return Class.forName(name).getConstructor(int.class).newInstance(7); } }"));
      ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
      String[] arguments =
          Stream.concat(Stream.of("-d", classes.toString()), files.stream().map(Path::toString))
              .toArray(String[]::new);
      assertThat(javac.run(System.out, System.err, arguments)).isZero();
      ModuleLayer boot = ModuleLayer.boot();
      Configuration found =
          boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("m"));
      return boot.defineModulesWithOneLoader(found, null).findLoader("m");
    }

    private Path source(Path folder, String name, String text) throws IOException {
      Path file = folder.resolve(name + ".java");
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    }
  }
}
