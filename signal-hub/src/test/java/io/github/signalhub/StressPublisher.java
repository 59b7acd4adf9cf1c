package io.github.signalhub;

import io.github.signalhub.ThreadedTransport.CheckingPeer;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One thread of a {@link StressRun}. It publishes, and owns some clients. Confined to its thread,
 * except for its counts.
 */
final class StressPublisher implements Runnable {
  private static final int CLIENTS = 6;
  private static final int LOOSE = 30;

  /** The number of connections that are checked for remaining references. */
  private static final int WATCHED = 500;

  final int number;
  private final StressRun run;
  private final Hub hub;
  private final Random random;
  private final List<StressClient> clients = new ArrayList<>();
  private final Map<Stream, Long> accepted = new ConcurrentHashMap<>();
  private final AtomicLongArray sent = new AtomicLongArray(StressRun.LASTING);
  private final Queue<WeakReference<CheckingPeer>> ended = new ConcurrentLinkedQueue<>();
  private boolean closed;

  StressPublisher(StressRun run, int number, long seed) {
    this.run = run;
    this.hub = run.hub;
    this.number = number;
    this.random = new Random(seed * StressRun.PUBLISHERS + number);
    for (int i = 0; i < CLIENTS; i++) {
      Set<Stream> followed = new HashSet<>(Set.of(Stream.BROADCAST));
      followed.add(Stream.kept(random.nextInt(StressRun.KEPT)));
      followed.add(Stream.kept(random.nextInt(StressRun.KEPT)));
      if (random.nextBoolean()) {
        followed.add(Stream.user(random.nextInt(StressRun.USERS)));
      }
      int id = StressRun.LASTING + number * CLIENTS + i;
      clients.add(new StressClient(id, followed, random.nextBoolean(), false, run::violate));
    }
  }

  @Override
  public void run() {
    while (!run.resting && !closed) {
      try {
        step();
      } catch (RejectedExecutionException e) {
        return; // the transport is stopped
      }
      run.progress.increment();
    }
  }

  /** Returns how many of its messages to a stream were accepted. Thread-safe. */
  long accepted(Stream stream) {
    return accepted.getOrDefault(stream, 0L);
  }

  /** Returns how many of its messages to a lasting client were accepted. Thread-safe. */
  long sentTo(StressClient client) {
    return sent.get(client.number);
  }

  /** Publishes the next message of a stream. The count grows if it is accepted. */
  void publish(Stream stream) {
    long count = accepted(stream) + 1;
    long payload = stream.payload(number, count);
    PublishResult result =
        switch (stream.kind()) {
          case BROADCAST -> hub.broadcast("S", payload);
          case USER -> hub.user(stream.name()).send("S", payload);
          default -> hub.topic(stream.name()).publish("S", payload);
        };
    switch (result.status()) {
      case ACCEPTED -> accepted.put(stream, count);
      case OVERLOADED -> Thread.yield();
      case CLOSED -> closed = true;
      default -> run.violate("a publication returned " + result);
    }
  }

  /** Cuts all its clients and waits until they have ended. */
  void cutAll() {
    clients.stream().filter(StressClient::isConnected).forEach(this::cut);
  }

  boolean hasConnections() {
    return clients.stream().anyMatch(StressClient::isConnected);
  }

  /** Returns whether a reference keeps a connection that ended. */
  boolean isAnyHeld() {
    clients.forEach(StressClient::forgetConnection);
    ended.removeIf(reference -> reference.get() == null);
    return !ended.isEmpty();
  }

  private void step() {
    StressClient client = clients.get(random.nextInt(CLIENTS));
    int choice = random.nextInt(100);
    if (choice < 30) {
      publish(Stream.BROADCAST);
    } else if (choice < 45) {
      publish(Stream.kept(random.nextInt(StressRun.KEPT)));
    } else if (choice < 60) {
      publish(Stream.loose(random.nextInt(LOOSE)));
    } else if (choice < 68) {
      publish(Stream.user(random.nextInt(StressRun.USERS)));
    } else if (choice < 76) {
      send(run.lasting.get(random.nextInt(StressRun.LASTING)));
    } else if (!client.isConnected()) {
      connect(client);
    } else if (choice < 79) {
      send(client);
    } else if (choice < 81) {
      cut(client);
    } else if (choice < 83) {
      hub.client(client.peer.id()).ifPresent(Client::close);
    } else if (choice < 85) {
      client.peer.stall(run.stalling && random.nextBoolean());
    } else if (choice < 89) {
      client.speak(run.said);
    } else if (choice < 94) {
      someone(client).ifPresent(one -> one.join(Stream.loose(random.nextInt(LOOSE)).name()));
    } else if (choice < 99) {
      someone(client).ifPresent(one -> one.leave(Stream.loose(random.nextInt(LOOSE)).name()));
    } else {
      hub.clients().stream().skip(random.nextInt(20)).limit(3).forEach(Client::topics);
    }
  }

  /** Returns its own client or a lasting one, which several threads use at the same time. */
  private Optional<Client> someone(StressClient own) {
    StressClient one =
        random.nextInt(3) > 0 ? own : run.lasting.get(random.nextInt(StressRun.LASTING));
    return hub.client(one.peer.id());
  }

  private void send(StressClient client) {
    if (client.isConnected()) {
      long payload = Stream.toClient(client.number).payload(number, 0);
      PublishResult result = hub.sendToClient(client.peer.id(), "S", payload);
      if (result.status() == PublishResult.Status.ACCEPTED && client.number < StressRun.LASTING) {
        sent.incrementAndGet(client.number);
      }
    }
  }

  private void connect(StressClient client) {
    if (client.connect(run.transport)) {
      if (ended.size() < WATCHED) {
        ended.add(new WeakReference<>(client.peer));
      }
    } else {
      closed = true;
    }
  }

  private void cut(StressClient client) {
    try {
      Future<?> done = client.peer.cut();
      done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    } catch (ExecutionException e) {
      run.violate("a cut failed: " + e.getCause());
    }
  }
}
