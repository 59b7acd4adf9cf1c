package io.github.signalhub.testkit;

import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.Attributes;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that follows docs/protocol. It keeps its resume point, and reconnects as the close codes
 * say. It resumes interrupted catch-ups, and drops repeated messages. It ends a silent connection,
 * and repeats unanswered requests. It keeps everything that it received. Confined to the thread of
 * its network.
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
  private final List<DisconnectReason> endings = new ArrayList<>();
  private final List<Consumer<Arrival>> listeners = new ArrayList<>();
  private final Requests requests = new Requests();
  private final List<Consumer<Handshake.Builder>> says;
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
    says = List.copyOf(builder.says);
    session = "%016x%016x".formatted(network.random().nextLong(), network.random().nextLong());
    comeback = new Comeback(network.random().split(), builder.comesBack);
  }

  /**
   * Connects the client and asks for the messages after its resume point.
   *
   * @throws IllegalStateException if it is connected or connecting
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
    says.forEach(each -> each.accept(handshake));
    connections++;
    heard = network.timeline().now();
    link = new SimulatedLink(network, this);
    handshake.decidedSince(link.revocations()); // decided now, before it arrives
    if (heldTo != Long.MAX_VALUE) {
      link.hold(heldTo);
    }
    link.open(handshake.build());
    if (!controlMessages) {
      resend();
    }
  }

  /** Closes the connection and does not reconnect; does nothing if the client is not connected. */
  public void close() {
    if (link != null) {
      SimulatedLink open = link;
      ended(DisconnectReason.NORMAL);
      open.close(DisconnectReason.NORMAL);
    }
  }

  /** Breaks the link. Both ends learn of it. Does nothing if there is no link. */
  public void cut() {
    if (link != null) {
      link.cut();
    }
  }

  /** Breaks the link, if there is one. Each end notices it only by its time-out. */
  public void goSilent() {
    if (link != null) {
      link.goSilent();
    }
  }

  /** Stops reading, on this connection and later ones, until {@link #resume}. */
  public void stall() {
    read(0);
  }

  /** Reads without a limit again. */
  public void resume() {
    read(Long.MAX_VALUE);
  }

  /**
   * Reads so many bytes more, and then none until {@link #resume}. A message has 4 bytes more than
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
  public boolean send(String type, @Nullable Object payload) {
    return sendText(Requests.text(type, payload));
  }

  /**
   * Sends a message that the hub answers. Repeats it after each reconnection until the answer
   * arrives.
   *
   * @return its {@code ref}, for {@link #answer}
   */
  public String request(String type, @Nullable Object payload) {
    return ask(requests.add(type, payload));
  }

  /**
   * Asks to follow a topic, without earlier messages. Repeats the request after each reconnection
   * until the answer arrives.
   */
  public String join(String topic) {
    Objects.requireNonNull(topic, "topic");
    return ask(requests.addControl("$join", Map.of("topic", topic)));
  }

  /** Asks to follow a topic, with the messages after an id. */
  public String join(String topic, String after) {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(after, "after");
    return ask(requests.addControl("$join", Map.of("topic", topic, "after", after)));
  }

  /** Asks to leave a topic. */
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

  /** Calls a listener for each later arrival, repeated or not. */
  public void onArrival(Consumer<Arrival> listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  /** Returns the application's messages without repetitions; an unmodifiable list that grows. */
  public List<Arrival> messages() {
    return Collections.unmodifiableList(messages);
  }

  /** Returns all arrivals, control messages included; an unmodifiable list that grows. */
  public List<Arrival> arrivals() {
    return Collections.unmodifiableList(arrivals);
  }

  /** Returns the control messages of a type, such as {@code $gap}, that have arrived. */
  public List<Arrival> controls(String type) {
    Objects.requireNonNull(type, "type");
    return arrivals.stream().filter(a -> a.isControl() && a.type().equals(type)).toList();
  }

  /**
   * Returns the {@code $ack}, {@code $error}, {@code $joined} or {@code $left} with a ref. If a
   * handler of {@link io.github.signalhub.Hub#onRequest} answered, the member {@code answer} of the
   * {@code $ack} is its answer.
   */
  public Optional<Arrival> answer(String ref) {
    Objects.requireNonNull(ref, "ref");
    return arrivals.stream()
        .filter(a -> a.isControl() && a.member("ref").equals(Optional.of(ref)))
        .findFirst();
  }

  /** Returns the reason for the end of each connection, oldest first; a list that grows. */
  public List<DisconnectReason> endings() {
    return Collections.unmodifiableList(endings);
  }

  /** Returns the id of the current connection for {@code Hub.client}; empty if there is none. */
  public Optional<String> clientId() {
    return link == null ? Optional.empty() : link.clientId();
  }

  /** Returns the client's user, if it has one. */
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** Returns the id after which the client would resume; empty if it has none. */
  public Optional<String> resumePoint() {
    return bookmark.point();
  }

  /** Returns the topics that the client follows by its own knowledge; a snapshot. */
  public Set<String> topics() {
    return Set.copyOf(bookmark.topics());
  }

  /** Returns whether the client is connected or connecting. */
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

  /** Returns whether the client does without control messages, and so gets no {@code $hello}. */
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

  void ended(DisconnectReason reason) {
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

  /** Ends the connection when nothing has arrived for too long. */
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
              ended(DisconnectReason.ABNORMAL);
              heardOn.close(DisconnectReason.NORMAL);
            });
  }

  private String ask(String ref) {
    sendText(requests.text(ref));
    return ref;
  }

  private void resend() {
    requests.texts().forEach(this::sendText);
  }

  /** A builder of a client. Not thread-safe. */
  public static final class Builder {
    private final SimulatedNetwork network;
    private final Bookmark bookmark = new Bookmark();
    private String name;
    private String user;
    private boolean controlMessages = true;
    private boolean comesBack = true;
    private final List<Consumer<Handshake.Builder>> says = new ArrayList<>();

    Builder(SimulatedNetwork network, String name) {
      this.network = network;
      this.name = name;
    }

    /** Sets the name in failure messages; by default, a number. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the client's user; none by default.
     *
     * @throws IllegalArgumentException if no user can have this name
     */
    public Builder user(String user) {
      Handshake.builder().user(user); // refuses bad names
      this.user = user;
      return this;
    }

    /**
     * Adds a topic to follow, which the hub grants; none by default.
     *
     * @throws IllegalArgumentException if no topic can have this name
     */
    public Builder topic(String topic) {
      Handshake.builder().topic(topic); // refuses bad names
      bookmark.follow(topic);
      return this;
    }

    /**
     * Adds a topic to follow, with the messages after an id, as {@code topic=B@<id>} does.
     *
     * @throws IllegalArgumentException if no topic can have this name
     */
    public Builder topic(String topic, String after) {
      Handshake.builder().topic(topic, after); // refuses bad names
      bookmark.follow(topic, after);
      return this;
    }

    /** Sets the id after which the messages start; live messages only by default. */
    public Builder after(String id) {
      bookmark.startBehind(Objects.requireNonNull(id, "after"));
      return this;
    }

    /** Sets the path of the client's request; {@code /} by default. */
    public Builder path(String path) {
      Objects.requireNonNull(path, "path");
      return says(handshake -> handshake.path(path));
    }

    /**
     * Sets the query that the application sees, as {@code Client.parameters}; empty by default.
     *
     * @param rawQuery such as {@code room=a%20b}
     * @throws IllegalArgumentException if it cannot be read
     */
    public Builder query(String rawQuery) {
      Handshake.builder().query(rawQuery); // checks it now
      return says(handshake -> handshake.query(rawQuery));
    }

    /** Adds a header line that the application sees, as {@code Client.header}; none by default. */
    public Builder header(String name, String value) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(value, "value");
      return says(handshake -> handshake.header(name, value));
    }

    /**
     * Gives the client an attribute, as a handshake hook does; none by default.
     *
     * @throws IllegalArgumentException if the value is not of the key's class
     */
    public <T> Builder attribute(AttributeKey<T> key, T value) {
      Attributes.NONE.with(Objects.requireNonNull(key, "key"), value); // checks it now
      return says(handshake -> handshake.attribute(key, value));
    }

    /**
     * Lets the credential of each connection end so long after the client began to connect. The
     * client comes back with a fresh one. By default credentials do not end.
     *
     * @throws IllegalArgumentException if the time is negative or beyond 292 years
     */
    public Builder expiresIn(Duration time) {
      Objects.requireNonNull(time, "expiresIn");
      if (time.isNegative() || time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
        throw new IllegalArgumentException("expected expiresIn of 0 to 292 years, was " + time);
      }
      return says(handshake -> handshake.expiresAt(network.clock().instant().plus(time)));
    }

    private Builder says(Consumer<Handshake.Builder> part) {
      says.add(part);
      return this;
    }

    /** Does without control messages, as the oldest clients do. By default, it asks for them. */
    public Builder plain() {
      controlMessages = false;
      return this;
    }

    /** Does not reconnect when a connection ends, until {@link SimulatedClient#connect}. */
    public Builder staysAway() {
      comesBack = false;
      return this;
    }

    /** Returns the client, not connected. */
    public SimulatedClient build() {
      return new SimulatedClient(this);
    }

    /** Returns the client, connecting. It is connected when the handshake has arrived. */
    public SimulatedClient connect() {
      SimulatedClient client = build();
      client.connect();
      return client;
    }
  }
}
