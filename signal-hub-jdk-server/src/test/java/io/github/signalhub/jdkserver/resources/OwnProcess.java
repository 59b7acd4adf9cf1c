package io.github.signalhub.jdkserver.resources;

import io.github.signalhub.Hub;
import io.github.signalhub.OwnJvm;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server in its own process. The class that it runs first prints its port. It answers lines of
 * its input, and ends when its input ends.
 */
final class OwnProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final PrintStream questions;
  private final int port;

  private OwnProcess(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader();
    this.questions = new PrintStream(process.getOutputStream(), true);
    this.port = Integer.parseInt(answers.readLine());
  }

  /** Starts a process with these options of the JVM. */
  static OwnProcess start(List<String> options, Class<?> main, String... args) throws IOException {
    return new OwnProcess(
        new ProcessBuilder(OwnJvm.command(options, main, args))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Serves a hub and prints the port, in the process. Clients may name their user. */
  static void serve(Hub hub) throws IOException {
    SignalServer server =
        SignalServer.builder(hub)
            .port(0)
            .handshake(
                request ->
                    request
                        .parameter("user")
                        .map(user -> HandshakeDecision.accept().user(user))
                        .orElseGet(HandshakeDecision::accept))
            .start();
    System.out.println(server.port());
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void tell(String line) {
    questions.println(line);
  }

  String ask(String question) throws IOException {
    tell(question);
    return answers.readLine();
  }

  @Override
  public void close() {
    questions.close(); // closing its input also ends the process
    process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
