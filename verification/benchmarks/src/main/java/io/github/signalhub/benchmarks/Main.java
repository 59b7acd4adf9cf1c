package io.github.signalhub.benchmarks;

import io.github.signalhub.benchmarks.nodes.Nodes;
import io.github.signalhub.benchmarks.race.Plan;
import io.github.signalhub.benchmarks.race.Race;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The entry point of {@code benchmarks.jar}: a command by name, otherwise JMH with its own options.
 *
 * <ul>
 *   <li>{@code broadcast --port P [--host H] [--loops N]}: a hub on {@code /ws} that broadcasts
 *       each text of a client, until the process is ended.
 *   <li>{@code echo --port P [--host H] [--max-message-bytes N] [--tls]}: see {@link EchoServer}.
 *       With {@code --tls}, it makes its own certificate. Both commands listen on a loopback
 *       address unless {@code --host} names another one, such as {@code 0.0.0.0}.
 *   <li>{@code idle [--clients N] [--kind plain|hook|tls]}: see {@link IdleClients}; prints the
 *       heap of one client by class.
 *   <li>{@code nodes [--rounds N] [--millis N] [--messages N] [--out DIR] [--render] [--docs DIR]}:
 *       see {@link Nodes}.
 *   <li>{@code race [--quick] [--only A,B] [--servers A,B] [--rounds N] [--millis N] [--clients N]
 *       [--before JAR] [--out DIR] [--keep] [--render] [--docs DIR]}: see {@link Race}.
 *   <li>{@code soak [--seconds N] [--per-second N] [--row-seconds N]}: see {@link Soak}; exits with
 *       1 if the process holds more than at the start.
 * </ul>
 */
public final class Main {
  private Main() {}

  /** Runs a command. Exits with 1 and one line if the command cannot run. */
  public static void main(String[] args) throws Exception {
    String command = args.length == 0 ? "" : args[0];
    List<String> rest = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
    try {
      switch (command) {
        case "broadcast" -> broadcast(new Arguments(rest, List.of("--port", "--host", "--loops")));
        case "echo" ->
            echo(new Arguments(rest, List.of("--port", "--host", "--max-message-bytes"), "--tls"));
        case "idle" -> idle(new Arguments(rest, List.of("--clients", "--kind")));
        case "nodes" ->
            nodes(
                new Arguments(
                    rest,
                    List.of("--rounds", "--millis", "--messages", "--out", "--docs"),
                    "--render"));
        case "race" ->
            race(
                new Arguments(
                    rest,
                    List.of(
                        "--only",
                        "--servers",
                        "--rounds",
                        "--millis",
                        "--clients",
                        "--before",
                        "--out",
                        "--docs"),
                    "--quick",
                    "--keep",
                    "--render"));
        case "soak" ->
            soak(new Arguments(rest, List.of("--seconds", "--per-second", "--row-seconds")));
        default -> org.openjdk.jmh.Main.main(args);
      }
    } catch (IllegalArgumentException | IOException e) {
      System.err.println(command + ": " + e.getMessage());
      System.exit(1);
    }
  }

  private static void broadcast(Arguments arguments) throws IOException {
    int port = arguments.get("--port", -1);
    if (port < 0) {
      throw new IllegalArgumentException("expected --port");
    }
    SignalServer server =
        BroadcastServer.start(arguments.host(), port, arguments.get("--loops", 0));
    System.out.println("signal-hub on port " + server.port());
  }

  private static void echo(Arguments arguments) throws IOException, GeneralSecurityException {
    int port = arguments.get("--port", -1);
    if (port < 0) {
      throw new IllegalArgumentException("expected --port");
    }
    SignalServer server =
        EchoServer.start(
            arguments.host(),
            port,
            arguments.get("--max-message-bytes", 1 << 20),
            arguments.has("--tls") ? Optional.of(SelfSigned.context()) : Optional.empty());
    System.out.println("echo on port " + server.port());
  }

  private static void idle(Arguments arguments)
      throws IOException, InterruptedException, GeneralSecurityException {
    String kind = arguments.list("--kind").stream().findFirst().orElse("plain");
    System.out.print(
        IdleClients.measure(
            IdleClients.Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
            arguments.get("--clients", 2_000)));
  }

  private static void nodes(Arguments arguments) throws IOException, InterruptedException {
    Nodes.run(
        new Nodes.Order(
            arguments.get("--rounds", 5),
            2,
            arguments.get("--millis", 2_000),
            arguments.get("--messages", 100_000),
            arguments.path("--out").orElse(Path.of("target", "nodes")),
            arguments.has("--render"),
            arguments.path("--docs")));
  }

  private static void race(Arguments arguments)
      throws IOException, InterruptedException, GeneralSecurityException {
    boolean quick = arguments.has("--quick");
    List<String> only = arguments.list("--only");
    Plan plan = quick ? Plan.QUICK : Plan.WHOLE;
    plan =
        plan.withRounds(arguments.get("--rounds", plan.rounds()))
            .withMillis(arguments.get("--millis", plan.millis()))
            .withClients(arguments.get("--clients", plan.clients()));
    Race.run(
        new Race.Order(
            plan,
            quick && only.isEmpty() ? List.of("windows") : only,
            arguments.list("--servers"),
            arguments.path("--before"),
            arguments.path("--out"),
            arguments.has("--keep"),
            arguments.has("--render"),
            arguments.path("--docs")));
  }

  private static void soak(Arguments arguments) throws IOException, InterruptedException {
    boolean clean =
        new Soak(
                arguments.get("--seconds", 600),
                arguments.get("--per-second", 180),
                arguments.get("--row-seconds", 60))
            .run();
    System.out.println(clean ? "nothing is left" : "something is left");
    System.exit(clean ? 0 : 1);
  }
}
