package io.github.signalhub.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in its own process. */
@Timeout(60)
class MainIT {
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  @TempDir Path folder;
  private Process process;

  @AfterEach
  void kill() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void saysWhereThePageIsAndStopsWhenAsked() throws Exception {
    start(CLASS_PATH, "0", folder);

    String line = output().readLine();

    assertThat(line).matches("signal-hub example: http://127\\.0\\.0\\.1:[1-9][0-9]*/");
    URI page = URI.create(line.substring(line.indexOf("http")));
    assertThat(
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(200);

    process.destroy(); // SIGTERM

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    start(CLASS_PATH, "0", folder); // another process can open the ledger
    assertThat(output().readLine()).startsWith("signal-hub example: http");
  }

  @Test
  void refusesAPortThatIsInUse() throws Exception {
    try (ServerSocket other = new ServerSocket(0)) {
      start(CLASS_PATH, String.valueOf(other.getLocalPort()), folder);

      assertRefusal("port " + other.getLocalPort() + " is in use");
    }
  }

  @Test
  void refusesAPortThatIsNone() throws Exception {
    start(CLASS_PATH, "eighty", folder);

    assertRefusal("expected PORT to be a number from 0 to 65535, was “eighty”");
  }

  @Test
  void refusesALedgerFolderThatItCannotWrite() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    start(CLASS_PATH, "0", file);

    assertRefusal("cannot write to the ledger folder " + file);
  }

  @Test
  void refusesADamagedLedger() throws Exception {
    Files.writeString(folder.resolve("ledger.jsonl"), "{}\n{}\n");
    start(CLASS_PATH, "0", folder);

    assertRefusal("line 1 of the ledger " + folder.resolve("ledger.jsonl") + " is damaged");
  }

  @Test
  void refusesToServeAPageThatHasNotBeenBuilt() throws Exception {
    Path classes = Path.of("target", "classes");
    Path withoutPage = folder.resolve("classes");
    try (var files = Files.walk(classes)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path relative = classes.relativize(file);
        if (!relative.startsWith("page")) {
          Files.copy(file, withoutPage.resolve(relative.toString()));
        }
      }
    }
    URI own = Main.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    List<String> others =
        Arrays.stream(CLASS_PATH.split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).equals(Path.of(own)))
            .toList();

    start(withoutPage + File.pathSeparator + String.join(File.pathSeparator, others), "0", folder);

    assertRefusal("the page has not been built");
  }

  private void start(String classPath, String port, Path ledgerFolder) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder builder =
        new ProcessBuilder(
            java.toString(),
            "-Dstderr.encoding=UTF-8",
            "-Dfile.encoding=UTF-8",
            "-cp",
            classPath,
            Main.class.getName());
    builder.environment().put("PORT", port);
    builder.environment().put("LEDGER_DIR", ledgerFolder.toString());
    process = builder.start();
  }

  private void assertRefusal(String start) throws Exception {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    String errors = new String(process.getErrorStream().readAllBytes(), UTF_8).strip();
    assertThat(errors).startsWith("signal-hub example: " + start).doesNotContain("\n");
    assertThat(output().readLine()).isNull();
  }

  private BufferedReader output() {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }
}
