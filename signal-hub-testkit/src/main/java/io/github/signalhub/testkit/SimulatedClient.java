package io.github.signalhub.testkit;

import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Handshake;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A client that behaves as docs/protocol asks: it keeps its resume point, comes back as the close
 * codes say, goes on with catch-ups that were cut, drops what it has, takes a silent connection for
 * dead, and sends again what was not answered. It remembers all that it was sent. Confined to the
 * thread of its network.
 */
public final class SimulatedClient {
  private final SimulatedNetwork network;
  private final String name;
  private final String user;
  private final boolean controlMessages;
  private final String session;
  private final Comeback comeback;
  private final Bookmark bookmark;
  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<Arrival> messages = new ArrayList<>();
  private final List<CloseReason> endings = new ArrayList<>();
  private final List<Consumer<Arrival>> listeners = new ArrayList<>();
  private final Requests requests = new Requests();
  private SimulatedLink link;
  private long heldTo = Long.MAX_VALUE;
  private int connections;
  private long heard;

  private SimulatedClient(Builder builder) {
    network = builder.network;
    name = builder.name;
    user = builder.user;
    controlMessages = builder.controlMessages;
    bookmark = new Bookmark(builder.bookmark);
    session = "%016x%016x".formatted(network.random().nextLong(), network.random().nextLong());
    comeback = new Comeback(network.random().split(), builder.comesBack);
  }

  /**
   * Connects the client and asks for what comes behind its resume point.
   *
   * @throws IllegalStateException if it is connected or about to be
   * @throws IllegalArgumentException if the hub refuses the handshake, for too many topics for
   *     example
   */
  public void connect() {
    if (link != null) {
      throw new IllegalStateException("expected " + this + " to be disconnected");
    }
    Handshake.Builder handshake = Handshake.builder().controlMessages(controlMessages);
    bookmark.ask(handshake);
    if (user != null) {
      handshake.user(user);
    }
    handshake.session(session);
    handshake.decidedSince(network.memory().revocations()); // granted now, while it is under way
    connections++;
    heard = network.timeline().now();
    link = new SimulatedLink(network, this);
    if (heldTo != Long.MAX_VALUE) {
      link.hold(heldTo);
    }
    link.open(handshake.build());
    if (!controlMessages) {
      resend();
    }
  }

  /** Says goodbye and stays away; does nothing if the client is not connected. */
  public void close() {
    if (link != null) {
      SimulatedLink open = link;
      ended(CloseReason.NORMAL);
      open.close(CloseReason.NORMAL);
    }
  }

  /** Breaks the link, so that both ends learn of it; does nothing if there is none. */
  public void cut() {
    if (link != null) {
      link.cut();
    }
  }

  /** Breaks the link, and nobody learns of it before a time-out; does nothing if there is none. */
  public void goSilent() {
    if (link != null) {
      link.goSilent();
    }
  }

  /** Reads nothing any more, on this connection and later ones, until {@link #resume}. */
  public void stall() {
    read(0);
  }

  /** Reads everything again. */
  public void resume() {
    read(Long.MAX_VALUE);
  }

  /**
   * Reads so many bytes more and then none until {@link #resume}; a message has 4 bytes more than
   * its text.
   */
  public void read(long bytes) {
    heldTo = bytes == Long.MAX_VALUE ? bytes : 0;
    if (link != null) {
      link.hold(bytes);
    }
  }

  /**
   * Sends a message.
   *
   * @return whether the client is connected; if not, it was not sent
   */
  public boolean send(String type, Object payload) {
    return sendText(Requests.text(type, payload));
  }

  /**
   * Sends a message that the hub answers, and sends it again after each reconnection until it does.
   *
   * @return its {@code ref}, for {@link #answer}
   */
  public String request(String type, Object payload) {
    return ask(requests.add(type, payload));
  }

  /** Asks to follow a topic from now on, and again after each reconnection until it is answered. */
  public String join(String topic) {
    Objects.requireNonNull(topic, "topic");
    return ask(requests.addControl("$join", Map.of("topic", topic)));
  }

  /** Asks to follow a topic from behind an id on. */
  public String join(String topic, String after) {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(after, "after");
    return ask(requests.addControl("$join", Map.of("topic", topic, "after", after)));
  }

  /** Asks to follow a topic no more. */
  public String leave(String topic) {
    Objects.requireNonNull(topic, "topic");
    return ask(requests.addControl("$leave", Map.of("topic", topic)));
  }

  /**
   * Sends any text.
   *
   * @return whether the client is connected; if not, it was not sent
   */
  public boolean sendText(String text) {
    Objects.requireNonNull(text, "text");
    if (link != null) {
      link.send(text);
    }
    return link != null;
  }

  /** Calls a listener for everything that arrives from now on, repeated or not. */
  public void onArrival(Consumer<Arrival> listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  /** Returns the application's messages so far, none twice; unmodifiable, and grows. */
  public List<Arrival> messages() {
    return Collections.unmodifiableList(messages);
  }

  /** Returns everything that arrived so far, control messages included; grows. */
  public List<Arrival> arrivals() {
    return Collections.unmodifiableList(arrivals);
  }

  /** Returns the control messages of a type that arrived so far, such as {@code $gap}. */
  public List<Arrival> controls(String type) {
    Objects.requireNonNull(type, "type");
    return arrivals.stream().filter(a -> a.isControl() && a.type().equals(type)).toList();
  }

  /** Returns the {@code $ack}, {@code $error}, {@code $joined} or {@code $left} with a ref. */
  public Optional<Arrival> answer(String ref) {
    Objects.requireNonNull(ref, "ref");
    return arrivals.stream()
        .filter(a -> a.isControl() && a.member("ref").equals(Optional.of(ref)))
        .findFirst();
  }

  /** Returns how the connections so far ended; grows. */
  public List<CloseReason> endings() {
    return Collections.unmodifiableList(endings);
  }

  /**
   * Returns the id that the hub gave the present connection, for {@code Hub.client}; empty if there
   * is none.
   */
  public Optional<String> clientId() {
    return link == null ? Optional.empty() : link.clientId();
  }

  /** Returns who the client is, if it said so. */
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** Returns behind which id the client would go on; empty if it has none. */
  public Optional<String> resumePoint() {
    return bookmark.point();
  }

  /** Returns the topics that the client follows, as far as it knows; a snapshot. */
  public Set<String> topics() {
    return Set.copyOf(bookmark.topics());
  }

  /** Returns whether the client has a connection or waits for one to be accepted. */
  public boolean isConnected() {
    return link != null;
  }

  /** Returns how often the client has connected. */
  public int connections() {
    return connections;
  }

  /** Returns the client's name and its user. */
  @Override
  public String toString() {
    return name + (user == null ? "" : " of " + user);
  }

  /** Returns whether the client asked for no control messages, so that nothing greets it. */
  boolean isPlain() {
    return !controlMessages;
  }

  void arrived(String text) {
    heard = network.timeline().now();
    comeback.succeeded();
    Arrival read = Arrival.parse(network.clock().elapsed(), connections, text);
    Arrival arrival = bookmark.read(read) ? read.asRepeated() : read;
    arrivals.add(arrival);
    if (!arrival.isControl() && !arrival.repeated()) {
      messages.add(arrival);
    }
    if (arrival.isControl()) {
      control(arrival);
    }
    List.copyOf(listeners).forEach(listener -> listener.accept(arrival));
  }

  void ended(CloseReason reason) {
    link = null;
    endings.add(reason);
    bookmark.disconnected();
    comeback
        .delayNanos(reason)
        .ifPresent(delay -> network.timeline().after(delay, this::connectAgain));
  }

  private void connectAgain() {
    if (link == null) {
      connect();
    }
  }

  private void control(Arrival arrival) {
    switch (arrival.type()) {
      case "$hello" -> {
        long syncMs = arrival.member("syncMs").map(ms -> ((Number) ms).longValue()).orElse(0L);
        if (syncMs > 0) {
          listen(link, syncMs * 2_500_000);
        }
        resend();
      }
      case "$bye" ->
          comeback.announced(((Number) arrival.member("retryAfterMs").orElse(0)).longValue());
      case "$ack", "$error", "$joined", "$left" ->
          arrival.member("ref").ifPresent(requests::answered);
      default -> {}
    }
  }

  /** Takes the connection for dead when nothing was heard for too long. */
  private void listen(SimulatedLink heardOn, long patienceNanos) {
    network
        .timeline()
        .at(
            heard + patienceNanos,
            () -> {
              if (link != heardOn) {
                return;
              }
              if (network.timeline().now() - heard < patienceNanos) {
                listen(heardOn, patienceNanos);
                return;
              }
              ended(CloseReason.ABNORMAL);
              heardOn.close(CloseReason.NORMAL);
            });
  }

  private String ask(String ref) {
    sendText(requests.text(ref));
    return ref;
  }

  private void resend() {
    requests.texts().forEach(this::sendText);
  }

  /** Collects what a client asks for. Not thread-safe. */
  public static final class Builder {
    private final SimulatedNetwork network;
    private final Bookmark bookmark = new Bookmark();
    private String name;
    private String user;
    private boolean controlMessages = true;
    private boolean comesBack = true;

    Builder(SimulatedNetwork network, String name) {
      this.network = network;
      this.name = name;
    }

    /** Sets the name in messages of failures; numbered by default. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /** Sets who the client is; nobody by default. */
    public Builder user(String user) {
      this.user = Objects.requireNonNull(user, "user");
      return this;
    }

    /** Adds a topic to follow, which the hub grants; none by default. */
    public Builder topic(String topic) {
      bookmark.follow(Objects.requireNonNull(topic, "topic"));
      return this;
    }

    /** Adds a topic to follow from behind an id of its own, as {@code topic=B@<id>} asks. */
    public Builder topic(String topic, String after) {
      bookmark.follow(
          Objects.requireNonNull(topic, "topic"), Objects.requireNonNull(after, "after"));
      return this;
    }

    /** Sets the id behind which to begin; live messages only by default. */
    public Builder after(String id) {
      bookmark.startBehind(Objects.requireNonNull(id, "id"));
      return this;
    }

    /**
     * Does without control messages, as a client of the first hour; it asks for them by default.
     */
    public Builder plain() {
      controlMessages = false;
      return this;
    }

    /** Stays away when a connection ends, until {@link SimulatedClient#connect}. */
    public Builder staysAway() {
      comesBack = false;
      return this;
    }

    /** Returns the client, not connected. */
    public SimulatedClient build() {
      return new SimulatedClient(this);
    }

    /** Returns the client, connected as soon as the handshake has arrived. */
    public SimulatedClient connect() {
      SimulatedClient client = build();
      client.connect();
      return client;
    }
  }
}
