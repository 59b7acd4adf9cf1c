package io.github.signalhub.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A server that takes part. Immutable.
 *
 * @param name short, without commas
 * @param kind what it is
 * @param command starts it
 * @param tls the arguments for TLS; empty if it is not run with TLS
 * @param missing why it cannot run here, if so
 */
record Contestant(
    String name, Kind kind, List<String> command, List<String> tls, Optional<String> missing) {
  /** The kinds of servers. */
  enum Kind {
    FLOOR_C,
    FLOOR_NIO,
    HUB,
    JVM_PEER,
    NODE_PEER,
    HTTP,
    PUBLISHER;

    boolean onJvm() {
      return this != FLOOR_C && this != NODE_PEER;
    }

    /** Returns whether it takes WebSockets. */
    boolean hasClients() {
      return this != HTTP && this != PUBLISHER;
    }
  }

  /** Returns those that are present and fulfil a condition. */
  static List<Contestant> of(List<Contestant> all, Predicate<Contestant> which) {
    return all.stream().filter(each -> each.present() && which.test(each)).toList();
  }

  /** Returns those of a kind that are present, with a further argument. */
  static List<Contestant> with(List<Contestant> all, Kind kind, String argument) {
    return of(all, each -> each.kind == kind).stream()
        .map(each -> each.with(List.of(argument)))
        .toList();
  }

  /** Returns those that are present and have TLS, with their arguments for it. */
  static List<Contestant> withTls(List<Contestant> all) {
    return of(all, each -> !each.tls.isEmpty()).stream().map(each -> each.with(each.tls)).toList();
  }

  private Contestant with(List<String> arguments) {
    List<String> longer = new ArrayList<>(command);
    longer.addAll(arguments);
    return new Contestant(name, kind, List.copyOf(longer), tls, missing);
  }

  boolean present() {
    return missing.isEmpty();
  }

  boolean http() {
    return kind == Kind.HTTP;
  }

  /** Returns the name as a part of a file's name. */
  String file() {
    return name.replaceAll("[^A-Za-z0-9.]+", "-");
  }
}
