package io.github.signalhub.examples.nodes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.examples.StartupException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/** A node in a process of its own, so that it can be killed. Thread-safe. */
final class NodeProcess {
  private final String name;
  private final Process process;

  /** Starts a process like this one. The arguments are those of {@link Node}. */
  NodeProcess(int number, int nodes, String redis) throws IOException {
    name = Node.nameOf(number);
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Node.class.getName(),
                String.valueOf(number),
                String.valueOf(nodes),
                redis)
            .redirectError(Redirect.INHERIT)
            .start();
  }

  /** Returns the name of the node. */
  String name() {
    return name;
  }

  Process process() {
    return process;
  }

  /** Waits until the node has started, and returns its port. Called once. */
  int awaitPort() throws StartupException {
    try {
      String line =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
      if (line != null) {
        return Integer.parseInt(line);
      }
    } catch (IOException e) {
      // it has ended
    }
    throw new StartupException("node " + name + " has ended; the line above says why");
  }
}
