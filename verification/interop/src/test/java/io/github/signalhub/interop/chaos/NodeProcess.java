package io.github.signalhub.interop.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A script of {@code interop/chaos} in Node, spoken to in lines. Not thread-safe. */
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

  /** Returns the next line that it says. */
  String hear() throws IOException {
    String line = answers.readLine();
    assertThat(line).as("what the script says").isNotNull();
    return line;
  }

  /** Says a line, and returns what it answers. */
  String ask(Object line) throws IOException {
    questions.println(line);
    return hear();
  }

  @Override
  public void close() {
    questions.close(); // and with it the process
    process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
