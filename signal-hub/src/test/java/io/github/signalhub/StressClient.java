package io.github.signalhub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.Stream.Kind;
import io.github.signalhub.ThreadedTransport.CheckingPeer;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.Handshake;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The far end of a sequence of clients of a stress run. Each client resumes where the last one
 * ended. The far end checks that no message comes twice, out of order, or for another client, and
 * that a gap announces each missing one.
 *
 * <p>Each publisher counts its accepted messages in a stream, so a follower of the stream sees
 * every count. One thread at a time connects. Reading is confined to the loop of the current
 * connection. Any thread may read the counts.
 */
final class StressClient implements ThreadedTransport.Reading {
  private static final byte[] DATA = "{\"type\":\"S\",\"payload\":".getBytes(UTF_8);
  private static final long UNKNOWN = -1;

  final int number;
  final Set<Stream> followed;
  private final Optional<String> user;
  private final boolean controlMessages;
  private final boolean lasting;
  private final Consumer<String> violations;
  private final Map<Stream, AtomicLongArray> counts = new ConcurrentHashMap<>();

  volatile CheckingPeer peer;
  private String epoch; // with its hyphen; null until the first greeting
  private long position;
  private Stream catchingUp;
  private long caughtUp;
  private long broadcasts;
  private long said;
  volatile long privates;

  /**
   * Creates a client that is not connected.
   *
   * @param followed the streams that it follows as long as it is connected
   * @param lasting whether it connects before the first publication, and stays
   */
  StressClient(
      int number,
      Set<Stream> followed,
      boolean controlMessages,
      boolean lasting,
      Consumer<String> violations) {
    this.number = number;
    this.followed = followed;
    this.controlMessages = controlMessages;
    this.lasting = lasting;
    this.violations = violations;
    this.user =
        followed.stream()
            .filter(stream -> stream.kind() == Kind.USER)
            .map(Stream::name)
            .findFirst();
  }

  /** Connects, and resumes if it was connected before. Returns whether the hub is open. */
  boolean connect(ThreadedTransport transport) {
    Handshake.Builder handshake = Handshake.builder().controlMessages(controlMessages);
    user.ifPresent(handshake::user);
    for (Stream stream : followed) {
      if (stream.kind() == Kind.KEPT) {
        handshake.topic(stream.name());
      }
    }
    catchingUp = null;
    said = 0;
    if (epoch == null) {
      counts.clear(); // it starts again
    } else {
      handshake.after(epoch + "%016d".formatted(position));
    }
    peer = transport.connect(handshake.build(), this);
    return peer != null;
  }

  /** Sends its next number to the hub. */
  void speak(LongAdder heard) {
    peer.say(
        () -> {
          heard.increment();
          return "{\"type\":\"S\",\"payload\":%d}".formatted(++said).getBytes(UTF_8);
        });
  }

  boolean isConnected() {
    return peer != null && peer.closed == null;
  }

  /** Drops its reference to the connection if that has ended. */
  void forgetConnection() {
    if (!isConnected()) {
      peer = null;
    }
  }

  /** Returns the last count that it has seen of a publisher in a stream; -1 after a gap. */
  long count(Stream stream, int publisher) {
    return countsOf(stream).get(publisher);
  }

  /**
   * Returns a digest of all broadcasts with their ids, in the order of arrival. It is at least as
   * new as an earlier result of {@link #count}.
   */
  long broadcasts() {
    return broadcasts;
  }

  @Override
  public void text(byte[] bytes, int from, int length) {
    if (Arrays.equals(bytes, from, from + DATA.length, DATA, 0, DATA.length)) {
      if (epoch == null) {
        epoch = new String(bytes, from + length - 35, 17, UTF_8);
      }
      data(number(bytes, from + DATA.length), number(bytes, from + length - 18));
    } else {
      control(new String(bytes, from, length, UTF_8));
    }
  }

  private void data(long payload, long offset) {
    Stream stream = Stream.of(payload);
    long before = stream.equals(catchingUp) ? caughtUp : position;
    if (offset <= before) {
      violate("message " + offset + " of " + stream + " came after " + before);
    }
    if (stream.equals(catchingUp)) {
      caughtUp = offset;
    } else {
      position = offset;
    }
    if (stream.kind() == Kind.PRIVATE) {
      if (stream.number() != number) {
        violate("got a message to client " + stream.number());
      }
      privates++;
      return;
    }
    if (stream.kind() != Kind.LOOSE && !followed.contains(stream)) {
      violate("got a message of " + stream);
    }
    if (stream.kind() == Kind.BROADCAST) {
      broadcasts = 31 * broadcasts + (payload ^ offset << 20);
    }
    count(stream, payload);
  }

  private void count(Stream stream, long payload) {
    AtomicLongArray known = countsOf(stream);
    int publisher = Stream.publisher(payload);
    long count = Stream.count(payload);
    long last = known.get(publisher);
    boolean right =
        stream.kind() == Kind.LOOSE || last == UNKNOWN ? count > last : count == last + 1;
    if (!right) {
      violate("message " + count + " of " + publisher + " in " + stream + " came after " + last);
    }
    known.set(publisher, count);
  }

  private void control(String text) {
    Map<?, ?> message = (Map<?, ?>) Json.parse(text);
    Map<?, ?> payload = (Map<?, ?>) message.get("payload");
    switch ((String) message.get("type")) {
      case "$hello", "$sync" -> {
        String id = (String) payload.get("id");
        epoch = id.substring(0, 17);
        position = Math.max(position, offset(id));
        catchingUp = null;
      }
      case "$joined" -> {
        catchingUp = loose((String) payload.get("topic"));
        caughtUp = offset((String) payload.get("after"));
      }
      case "$gap" -> gap((String) payload.get("topic"));
      default -> {}
    }
  }

  /** Forgets the publishers' counts in the streams of a gap. */
  private void gap(String topic) {
    if (lasting) {
      violate("got a gap in " + topic);
    }
    counts.forEach(
        (stream, known) -> {
          boolean isTopic = stream.kind() == Kind.KEPT || stream.kind() == Kind.LOOSE;
          if (topic == null ? !isTopic : topic.equals(stream.name())) {
            fill(known, UNKNOWN);
          }
        });
  }

  private AtomicLongArray countsOf(Stream stream) {
    return counts.computeIfAbsent(
        stream,
        created -> {
          AtomicLongArray known = new AtomicLongArray(StressRun.PUBLISHERS);
          fill(known, lasting && stream.kind() != Kind.LOOSE ? 0 : UNKNOWN);
          return known;
        });
  }

  private static void fill(AtomicLongArray counts, long value) {
    for (int i = 0; i < counts.length(); i++) {
      counts.set(i, value);
    }
  }

  private void violate(String what) {
    violations.accept((lasting ? "lasting client " : "client ") + number + " " + what);
  }

  private static Stream loose(String topic) {
    return Stream.loose(Integer.parseInt(topic.substring(Kind.LOOSE.name().length())));
  }

  private static long offset(String id) {
    return Long.parseLong(id, 17, id.length(), 10);
  }

  private static long number(byte[] digits, int from) {
    long number = 0;
    for (int i = from; Character.isDigit(digits[i]); i++) {
      number = number * 10 + digits[i] - '0';
    }
    return number;
  }
}
