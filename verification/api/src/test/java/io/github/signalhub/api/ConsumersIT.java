package io.github.signalhub.api;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that has the published jars and nothing else: no JSpecify. It is compiled without a
 * warning, on the class path and on the module path, and it runs. The rehearsal of a release
 * compiles it, too.
 */
class ConsumersIT {
  private static final Path PROGRAM =
      Path.of("..", "release", "consumers", "server", "src", "main", "java");

  private final String jars =
      PublishedModule.all()
          .map(module -> module.classes().toString())
          .collect(joining(File.pathSeparator));

  @TempDir private Path folder;

  @Test
  void onTheClassPathNeedNoOtherJar() throws Exception {
    Path classes = compile(List.of("consumer/Main.java"), "-cp", jars);

    String said = run("-cp", jars + File.pathSeparator + classes, "consumer.Main");

    assertThat(said).isEqualTo("2 null 0");
  }

  @Test
  void onTheModulePathNeedNoOtherModule() throws Exception {
    Path classes =
        compile(List.of("module-info.java", "consumer/Main.java"), "--module-path", jars);

    String said =
        run("--module-path", jars + File.pathSeparator + classes, "-m", "consumer/consumer.Main");

    assertThat(said).isEqualTo("2 null 0");
  }

  private Path compile(List<String> sources, String... path) throws IOException {
    Path classes = folder.resolve("classes");
    List<String> options =
        new ArrayList<>(
            List.of("--release", "17", "-Xlint:all", "-Werror", "-d", classes.toString()));
    options.addAll(List.of(path));
    StringWriter said = new StringWriter();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  said,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(
                      sources.stream().map(PROGRAM::resolve).toList()))
              .call();
      assertThat(said.toString()).isEmpty();
      assertThat(compiled).isTrue();
    }
    return classes;
  }

  private String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(err, StandardCharsets.UTF_8)).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(out).strip();
  }
}
