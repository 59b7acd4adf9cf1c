package io.github.signalhub.benchmarks.race;

import io.github.signalhub.benchmarks.race.Contestant.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The goals of this server, and whether a run reached them. Immutable. */
final class Goals {
  private static final double[] MAX_RATIOS = {1.10, 1.12, 1.20};
  private static final double MAX_OF_UNIFORM = 1.3;
  private static final double MAX_OF_PLAIN = 1.1;
  private static final double MAX_TLS_OF_PEERS = 0.2; // at window 64
  private static final double SAME = 1.1; // ratios up to this are differences of the rounds
  private static final double SAME_AS_BEFORE = 1.05;
  private static final int MAX_IDLE_BYTES = 1_536;
  private static final double MAX_IDLE_CPU = 1; // percent of a core
  private static final double MAX_PACED_CPU = 95; // percent of a core; beyond it, messages queue up
  private static final int MAX_PUBLISH_NANOS = 1_000;

  private final List<Contestant> all;
  private final Results results;
  private final List<Goal> goals = new ArrayList<>();

  private Goals(List<Contestant> all, Results results) {
    this.all = all;
    this.results = results;
  }

  /** Compares a run with the goals. */
  static List<Goal> of(List<Contestant> all, Results results) {
    Goals goals = new Goals(all, results);
    Optional<String> hub = goals.first(Kind.HUB);
    hub.ifPresent(goals::deliveries);
    hub.ifPresent(goals::otherLoads);
    hub.ifPresent(goals::clients);
    goals.first(Kind.PUBLISHER).ifPresent(goals::publications);
    goals.http();
    hub.ifPresent(goals::before);
    return List.copyOf(goals.goals);
  }

  private void deliveries(String hub) {
    Optional<String> floor = first(Kind.FLOOR_NIO);
    Measure[] cpu = Measure.cpu();
    for (int i = 0; i < cpu.length; i++) {
      Measure measure = cpu[i];
      add(
          "CPU per delivery, × the floor on NIO: " + measure.title,
          floor.isEmpty()
              ? OptionalDouble.empty()
              : Results.ratio(results.median(hub, measure), results.median(floor.get(), measure)),
          MAX_RATIOS[i]);
    }
    for (Measure measure : cpu) {
      add(
          "CPU per delivery, at most the best JVM peer's: " + measure.label(),
          results.median(hub, measure),
          bestPeer(name -> results.median(name, measure)));
    }
    add(
        "%d messages a second to 1,000 clients, %% of a core".formatted(Plan.PER_SECOND),
        results.median(hub, Measure.PACED_CPU),
        MAX_PACED_CPU);
  }

  private void otherLoads(String hub) {
    add(
        "the same 50 topics per client, × one topic, at the worst window",
        worst(hub, TopicSets.SAME, TopicSets.ONE),
        MAX_OF_UNIFORM);
    add(
        "50 different topics per client, × one topic, at the worst window",
        worst(hub, TopicSets.DIFFERENT, TopicSets.GROUPS),
        MAX_OF_UNIFORM);
    add(
        "while a tenth of the clients is stalled, × before, at the worst window",
        worst(hub, StalledClients.DURING, StalledClients.BEFORE),
        MAX_OF_UNIFORM);
    add(
        "after the stall, × before, at the worst window",
        worst(hub, StalledClients.AFTER, StalledClients.BEFORE),
        MAX_OF_UNIFORM);
    add(
        "100, 1,000 and 10,000 clients: the highest × the lowest, at the worst window",
        highest(Arrays.stream(Measure.cpu()).map(measure -> range(hub, measure))),
        MAX_OF_UNIFORM);
    add(
        "permessage-deflate, × plain, at the worst window",
        worst(hub, Compressed.DEFLATED, Compressed.PLAIN),
        MAX_OF_PLAIN);
    add(
        "TLS, at most the best JVM peer's: window 1, µs",
        results.median(hub, Encrypted.VARIANT, Measure.CPU_1),
        bestPeer(name -> results.median(name, Encrypted.VARIANT, Measure.CPU_1)));
    add(
        "TLS, × the best JVM peer: window 64",
        Results.ratio(
            results.median(hub, Encrypted.VARIANT, Measure.CPU_64),
            bestPeer(name -> results.median(name, Encrypted.VARIANT, Measure.CPU_64))),
        MAX_TLS_OF_PEERS);
  }

  private void clients(String hub) {
    add("heap of an idle client, bytes", results.median(hub, Measure.HEAP), MAX_IDLE_BYTES);
    add(
        "10,000 idle clients, % of a core",
        results.median(hub, IdleClients.VARIANT, Measure.IDLE_CPU), MAX_IDLE_CPU);
    add(
        "CPU of a handshake, at most the best JVM peer's, µs",
        results.median(hub, Measure.HANDSHAKE),
        bestPeer(name -> results.median(name, Measure.HANDSHAKE)));
    add(
        "start, at most Java-WebSocket's, ms",
        results.median(hub, Measure.START),
        lowest(
            each -> each.name().startsWith("Java-WebSocket"),
            name -> results.median(name, Measure.START)));
  }

  private void publications(String publisher) {
    String few = Sizes.variant(Publications.CLIENTS[0]);
    String many = Sizes.variant(Publications.CLIENTS[1]);
    OptionalDouble nanos = results.median(publisher, many, Measure.PUBLISH);
    add("a publication to 10,000 clients, ns", nanos, MAX_PUBLISH_NANOS);
    add(
        "a publication to 10,000 clients, × one to 10",
        Results.ratio(nanos, results.median(publisher, few, Measure.PUBLISH)),
        SAME);
    add("wake-ups of a publication, at most", results.median(publisher, many, Measure.WAKE_UPS), 1);
  }

  /** Compares with an earlier build, if one took part. */
  private void before(String hub) {
    String before = hub + Contestants.BEFORE;
    if (all.stream().noneMatch(each -> each.name().equals(before))) {
      return;
    }
    for (Measure measure : Measure.cpu()) {
      addBefore("CPU per delivery, " + measure.title, hub, "", measure);
    }
    addBefore("heap of an idle client", hub, "", Measure.HEAP);
    for (int clients : Publications.CLIENTS) {
      addBefore(
          "a publication to %,d clients".formatted(clients),
          first(Kind.PUBLISHER).orElse(""),
          Sizes.variant(clients),
          Measure.PUBLISH);
    }
  }

  private void addBefore(String text, String server, String variant, Measure measure) {
    add(
        text + ", × the build before",
        Results.ratio(
            results.median(server, variant, measure),
            results.median(server + Contestants.BEFORE, variant, measure)),
        SAME_AS_BEFORE);
  }

  private void http() {
    compareHttp("JDK cached pool");
    compareHttp("JDK virtual threads");
  }

  private void compareHttp(String start) {
    for (Contestant jdk : all) {
      if (jdk.http() && jdk.name().startsWith(start)) {
        String release = jdk.name().substring(jdk.name().indexOf(" on JDK "));
        String hub = "signal-hub" + release;
        add(
            "CPU of a request, at most that of " + jdk.name() + ", µs",
            results.median(hub, Measure.HTTP_CPU),
            results.median(jdk.name(), Measure.HTTP_CPU));
        // A period instead of a rate, so that less is better here, too.
        add(
            "time between answers, at most that of " + jdk.name() + ", µs",
            period(results.median(hub, Measure.HTTP_RATE)),
            period(results.median(jdk.name(), Measure.HTTP_RATE)));
      }
    }
  }

  private void add(String text, OptionalDouble measured, double limit) {
    add(text, measured, OptionalDouble.of(limit));
  }

  private void add(String text, OptionalDouble measured, OptionalDouble limit) {
    goals.add(new Goal(text, measured, limit));
  }

  /** Returns the highest ratio of two loads over all windows; empty unless all were measured. */
  private OptionalDouble worst(String server, String load, String uniform) {
    return highest(
        Arrays.stream(Measure.cpu())
            .map(
                measure ->
                    Results.ratio(
                        results.median(server, load, measure),
                        results.median(server, uniform, measure))));
  }

  private OptionalDouble range(String server, Measure measure) {
    List<OptionalDouble> each =
        Arrays.stream(Sizes.CLIENTS)
            .mapToObj(clients -> results.median(server, Sizes.variant(clients), measure))
            .toList();
    return Results.ratio(
        highest(each.stream()), each.stream().flatMapToDouble(OptionalDouble::stream).min());
  }

  private static OptionalDouble highest(Stream<OptionalDouble> figures) {
    List<OptionalDouble> list = figures.toList();
    return list.stream().allMatch(OptionalDouble::isPresent)
        ? list.stream().mapToDouble(OptionalDouble::getAsDouble).max()
        : OptionalDouble.empty();
  }

  private OptionalDouble bestPeer(Function<String, OptionalDouble> figure) {
    return lowest(each -> each.kind() == Kind.JVM_PEER, figure);
  }

  private OptionalDouble lowest(
      Predicate<Contestant> which, Function<String, OptionalDouble> figure) {
    return all.stream()
        .filter(which)
        .flatMapToDouble(each -> figure.apply(each.name()).stream())
        .min();
  }

  private Optional<String> first(Kind kind) {
    return all.stream().filter(each -> each.kind() == kind).map(Contestant::name).findFirst();
  }

  private static OptionalDouble period(OptionalDouble rate) {
    return rate.isPresent() ? OptionalDouble.of(1e6 / rate.getAsDouble()) : rate;
  }
}
