package io.github.signalhub.interop.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A script of {@code interop/chaos} in Node. Test and script exchange lines. Not thread-safe. */
final class NodeProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final PrintStream questions;

  private NodeProcess(Process process) {
    this.process = process;
    answers = process.inputReader();
    questions = new PrintStream(process.getOutputStream(), true);
  }

  static NodeProcess start(String script, Map<String, String> environment) throws IOException {
    ProcessBuilder node =
        new ProcessBuilder("node", "chaos/" + script)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    node.environment().putAll(environment);
    return new NodeProcess(node.start());
  }

  /** Returns the next line of the script. */
  String hear() throws IOException {
    String line = answers.readLine();
    assertThat(line).as("a line of the script").isNotNull();
    return line;
  }

  /** Sends a line, and returns the answer. */
  String ask(Object line) throws IOException {
    questions.println(line);
    return hear();
  }

  @Override
  public void close() {
    questions.close(); // closing its input also ends the process
    process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
