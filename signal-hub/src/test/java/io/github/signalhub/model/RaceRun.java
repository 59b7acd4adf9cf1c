package io.github.signalhub.model;

import io.github.signalhub.Hub;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Races between two instructions, which schedules cannot show. One thread publishes while another
 * runs the loops. Every message must arrive, in order, before the next is published, so no later
 * wake-up can hide a lost one.
 */
final class RaceRun implements AutoCloseable {
  private static final int CONNECTIONS = Integer.getInteger("race.connections", 10);
  private static final int SPINS = 1_000;
  private static final int ROUNDS = 300;
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();
  private final MemoryTransport transport = new MemoryTransport(2);
  private final Thread loops = new Thread(this::runLoops, "race-loops");
  private volatile boolean done;
  private int messages;

  private RaceRun() {
    try {
      hub.attach(transport);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    loops.setDaemon(true);
    loops.start();
  }

  /** Plays many rounds, and returns a report if a message is missing. */
  static Optional<String> play() {
    return SeedRun.quietly(RaceRun::playAll);
  }

  private static Optional<String> playAll() {
    try (RaceRun race = new RaceRun()) {
      for (int connection = 0; connection < CONNECTIONS; connection++) {
        Optional<String> report = race.playOnce();
        if (report.isPresent()) {
          return report;
        }
      }
      return Optional.empty();
    }
  }

  private Optional<String> playOnce() {
    PlayWatch.next("race");
    Handshake handshake = Handshake.builder().topic("a").topic("b").build();
    List<MemoryLink> links =
        IntStream.range(0, 2).mapToObj(i -> transport.connect(handshake)).toList();
    int first = messages;
    for (int round = 0; round < ROUNDS; round++) {
      hub.topic("a").publish("N", messages++);
      for (int wait = round % 32; wait > 0; wait--) {
        Thread.onSpinWait();
      }
      hub.topic("b").publish("N", messages++);
      for (MemoryLink link : links) {
        if (!arrives(link, messages - first)) {
          return Optional.of("race: " + link.received().size() + " of " + (messages - first));
        }
      }
    }
    for (MemoryLink link : links) {
      List<String> texts = link.received();
      for (int i = 0; i < texts.size(); i++) {
        if (!texts.get(i).startsWith("{\"type\":\"N\",\"payload\":" + (first + i) + ",")) {
          return Optional.of("race: not message " + (first + i) + ": " + texts.get(i));
        }
      }
      link.cut();
    }
    return Optional.empty();
  }

  private static boolean arrives(MemoryLink link, int count) {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    for (int looks = 0; link.received().size() < count; looks++) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause(looks);
    }
    return true;
  }

  private void runLoops() {
    for (int looks = 0; !done; looks++) {
      transport.run();
      pause(looks % (2 * SPINS));
    }
  }

  /** Waits a short moment, so that the threads meet, and a longer one after many tries. */
  private static void pause(int looks) {
    if (looks < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  @Override
  public void close() {
    done = true;
    try {
      loops.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
