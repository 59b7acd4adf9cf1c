package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.inbound.PendingAnswers;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.node.Node;
import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.spi.Loop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Ends clients in good order, within a time. All of them come back, and they must not come at once.
 * Clients that asked for control messages are told when to come back ({@code $bye}) and closed. The
 * others come back at their own moment after the close, so their closes are spread.
 *
 * <p>For one use, on one thread; it waits there, and the clients end on their loops.
 */
final class Drain {
  /** How long a hub or a transport gets unless it is told otherwise. */
  static final Duration DEFAULT_TIME = Duration.ofSeconds(5);

  private static final Duration MAX_TIME = Duration.ofDays(365);
  private static final Duration MIN_RETURN = Duration.ofSeconds(1);
  private static final Duration RETURN_PER_CLIENT = Duration.ofMillis(2);

  /** How far the closes of two plain clients are apart, unless that took half of the time. */
  private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** How long clients that were cut at the deadline may take to be unregistered. */
  private static final long CUT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Duration atMost;
  private final Optional<Duration> returnOver;
  private final long deadline;

  /**
   * Begins to count the time.
   *
   * @param returnOver over which time the clients come back; empty: 2 ms for each, at least 1 s
   * @throws IllegalArgumentException if one of the times is negative
   */
  Drain(Duration atMost, Optional<Duration> returnOver) {
    this.atMost = bounded("atMost", atMost);
    this.returnOver = returnOver.map(time -> bounded("returnOver", time));
    deadline = System.nanoTime() + this.atMost.toNanos();
  }

  /**
   * Refuses new links, says goodbye to the clients, and waits for the end of all links.
   *
   * @param transports the transports of the clients
   */
  void links(Collection<AttachedTransport> transports, Collection<Client> clients)
      throws InterruptedException {
    transports.forEach(transport -> transport.stopAccepting(atMost));
    sayGoodbye(clients);
    awaitNone(transports, deadline);
  }

  /**
   * Waits until the messages have settled that were handed over, for at most a quarter of the time.
   *
   * @param node hands them over; {@code null}: nobody does
   */
  void settle(Node node) {
    if (node != null) {
      try {
        node.flush(atMost.dividedBy(4));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Does the same, and then stops the transports, which cuts the links that are left. Before, it
   * waits for the answers that are pending now, for at most half of the time. It lets callbacks in
   * progress return. If the waiting thread is interrupted, everything is cut at once.
   */
  void everything(
      Collection<AttachedTransport> transports,
      Collection<Client> clients,
      PendingAnswers answers,
      Callbacks callbacks) {
    try {
      answers.await(deadline - atMost.toNanos() / 2);
      links(transports, clients);
      transports.forEach(AttachedTransport::stop);
      awaitNone(transports, System.nanoTime() + CUT_NANOS);
      callbacks.awaitQuiet(deadline);
    } catch (InterruptedException e) {
      transports.forEach(AttachedTransport::stop);
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Tells the clients that asked for control messages when to come back, and closes all clients.
   * Does not wait.
   */
  void sayGoodbye(Collection<Client> clients) {
    List<Client> told = new ArrayList<>();
    List<Client> plain = new ArrayList<>();
    clients.forEach(client -> (client.asksForControlMessages() ? told : plain).add(client));
    double apartMillis = (double) returnOver(clients.size()).toMillis() / told.size();
    for (int i = 0; i < told.size(); i++) {
      Client client = told.get(i);
      ControlMessage bye = ControlMessage.bye((long) ((i + 0.5) * apartMillis));
      isolated(() -> client.sayGoodbye(bye));
    }
    long apartNanos = Math.min(CLOSE_NANOS, atMost.toNanos() / 2 / Math.max(1, plain.size()));
    for (int i = 0; i < plain.size(); i++) {
      Client client = plain.get(i);
      long nanos = i * apartNanos;
      isolated(() -> closeIn(client, nanos));
    }
  }

  private Duration returnOver(int clients) {
    Duration byCount = RETURN_PER_CLIENT.multipliedBy(clients);
    return returnOver.orElse(byCount.compareTo(MIN_RETURN) > 0 ? byCount : MIN_RETURN);
  }

  private static void closeIn(Client client, long nanos) {
    Loop loop = client.loop();
    if (nanos == 0 || loop.inLoop()) { // this thread will wait: a timer of its loop would never run
      client.close(DisconnectReason.GOING_AWAY);
      return;
    }
    loop.schedule(() -> client.close(DisconnectReason.GOING_AWAY), nanos);
  }

  /** A client that cannot be closed does not keep the others from it; it is cut at the deadline. */
  private static void isolated(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) { // other languages throw what Java checks
      HubLogger.HUB.log(Level.WARNING, "A connection failed to close", e);
    }
  }

  private static void awaitNone(Collection<AttachedTransport> transports, long deadline)
      throws InterruptedException {
    for (AttachedTransport transport : transports) {
      transport.awaitNone(deadline);
    }
  }

  private static Duration bounded(String name, Duration time) {
    Setting.notNegative(name, time);
    return time.compareTo(MAX_TIME) < 0 ? time : MAX_TIME;
  }
}
