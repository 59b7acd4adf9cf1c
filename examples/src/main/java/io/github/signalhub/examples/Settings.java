package io.github.signalhub.examples;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The settings from the environment. Immutable.
 *
 * @param bindAddress the address to listen on; other machines cannot reach a loopback address
 * @param port the port to listen on; 0 picks a free port
 * @param ledgerFolder the folder of the ledger
 */
public record Settings(InetAddress bindAddress, int port, Path ledgerFolder) {
  private static final String DEFAULT_PORT = "8080";
  private static final String DEFAULT_LEDGER_FOLDER = "examples/data";

  /**
   * Reads {@code BIND_ADDRESS} (default a loopback address), {@code PORT} (default 8080) and {@code
   * LEDGER_DIR} (default {@code examples/data} under the working directory).
   *
   * @throws StartupException if one of them is invalid
   */
  public static Settings of(Map<String, String> environment) throws StartupException {
    return new Settings(
        bindAddress(environment.get("BIND_ADDRESS")),
        port(environment.getOrDefault("PORT", DEFAULT_PORT)),
        folder(environment.getOrDefault("LEDGER_DIR", DEFAULT_LEDGER_FOLDER)));
  }

  private static InetAddress bindAddress(String text) throws StartupException {
    try {
      return text == null ? InetAddress.getLoopbackAddress() : InetAddress.getByName(text.strip());
    } catch (UnknownHostException e) {
      throw new StartupException(
          "expected BIND_ADDRESS to be an address of this machine, was “" + text + "”");
    }
  }

  private static int port(String text) throws StartupException {
    try {
      int port = Integer.parseInt(text.strip());
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new StartupException("expected PORT to be a number from 0 to 65535, was “" + text + "”");
  }

  private static Path folder(String text) throws StartupException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new StartupException("expected LEDGER_DIR to be a path, was “" + text + "”");
    }
  }
}
