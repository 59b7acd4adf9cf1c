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
 * warning, on the class path and on the module path, and it runs.
 */
class ConsumersIT {
  private static final String PROGRAM =
      """
      package consumer;

      import io.github.signalhub.Hub;
      import io.github.signalhub.Message;
      import io.github.signalhub.TopicOptions;
      import io.github.signalhub.admission.HandshakeDecision;
      import io.github.signalhub.connection.DisconnectReason;
      import io.github.signalhub.flow.FlowStatus;
      import io.github.signalhub.jdkserver.SignalServer;
      import io.github.signalhub.json.Json;
      import io.github.signalhub.memory.MemoryTransport;
      import io.github.signalhub.spi.Handshake;
      import java.time.Duration;
      import java.time.Instant;

      public final class Main {
        public record Order(long id, String item) {}

        private Main() {}

        public static void main(String[] args) throws Exception {
          MemoryTransport transport = new MemoryTransport();
          try (Hub hub = Hub.builder().topicDefaults(TopicOptions.DEFAULT.withMessages(5)).build();
              SignalServer server =
                  SignalServer.builder(hub)
                      .port(0)
                      .handshake(request -> HandshakeDecision.accept())
                      .start()) {
            hub.attach(transport);
            hub.onMessage("ORDER", Order.class, (client, order) -> hub.broadcast("SOLD", order));
            hub.onMessage((client, message) -> String.valueOf(message.payload()));
            var link = transport.connect(Handshake.builder().topic("flow:1").build());
            hub.broadcast(Message.of("NOTHING", null));
            hub.topic("flow:1")
                .publish(FlowStatus.ofFlow(1, FlowStatus.Status.STARTED, Instant.EPOCH).toMessage());
            transport.run();
            Object nothing = Json.parse("null");
            link.close(DisconnectReason.NORMAL);
            transport.run();
            server.stop(Duration.ofSeconds(5));
            System.out.println(link.received().size() + " " + nothing + " " + hub.stats().clients());
          }
        }
      }
      """;

  private static final String MODULE =
      """
      module consumer {
        requires io.github.signalhub.jdkserver;

        exports consumer;
      }
      """;

  private final String jars =
      PublishedModule.all()
          .map(module -> module.classes().toString())
          .collect(joining(File.pathSeparator));

  @TempDir private Path folder;

  @Test
  void onTheClassPathNeedNoOtherJar() throws Exception {
    Path classes = compile(List.of("-cp", jars), "consumer/Main.java", PROGRAM);

    String said = run("-cp", jars + File.pathSeparator + classes, "consumer.Main");

    assertThat(said).isEqualTo("2 null 0");
  }

  @Test
  void onTheModulePathNeedNoOtherModule() throws Exception {
    write("module-info.java", MODULE);
    Path classes = compile(List.of("--module-path", jars), "consumer/Main.java", PROGRAM);

    String said =
        run("--module-path", jars + File.pathSeparator + classes, "-m", "consumer/consumer.Main");

    assertThat(said).isEqualTo("2 null 0");
  }

  private Path compile(List<String> path, String name, String source) throws IOException {
    write(name, source);
    List<Path> sources;
    try (var files = Files.walk(folder.resolve("src"))) {
      sources = files.filter(Files::isRegularFile).toList();
    }
    Path classes = folder.resolve("classes");
    List<String> options =
        new ArrayList<>(
            List.of("--release", "17", "-Xlint:all", "-Werror", "-d", classes.toString()));
    options.addAll(path);
    StringWriter said = new StringWriter();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(said.toString()).isEmpty();
      assertThat(compiled).isTrue();
    }
    return classes;
  }

  private void write(String name, String source) throws IOException {
    Path file = folder.resolve("src").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
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
