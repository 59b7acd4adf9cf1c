package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The load generator: many WebSocket clients on one thread. The first client sends numbered
 * messages, and the server sends each of them to all clients. Every delivery is counted, and its
 * number is checked. A delivery allocates nothing.
 *
 * <p>A message is {@code {"type":"T","payload":"0000000042xxx"}}. The number is at a fixed place,
 * so a server may add members at the end. If clients follow different {@link Topics}, the type is
 * the topic's name. Not thread-safe.
 */
final class Load implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int RING = 1 << 14; // messages in flight, at most
  private static final int DIGITS = 10;
  private static final long CLOSED = Long.MAX_VALUE; // the next message of a closed client
  private static final byte[] START = ascii("{\"type\":\"");
  private static final byte[] MIDDLE = ascii("\",\"payload\":\"");
  private static final byte[] BROADCAST = ascii("T");
  private static final byte[] END = ascii("\"}");
  private static final byte[] END_OF_BLOCK = {0, 0, (byte) 0xFF, (byte) 0xFF}; // RFC 7692 §7.2.2
  private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(1_500);

  /**
   * The count of one run.
   *
   * @param messages how many messages were sent
   * @param deliveries how many arrived, of all clients together
   * @param lost how many never arrived
   * @param repeated how many arrived again, or after a later one
   * @param stalls how often nothing arrived for a second while messages were in flight
   * @param closed how many connections the server closed
   * @param late how many arrived that were sent while their client did not read; no deliveries
   * @param skipped how many of those never arrived; not lost, because their client was too slow
   */
  record Count(
      long messages,
      long deliveries,
      long lost,
      long repeated,
      long stalls,
      long closed,
      long late,
      long skipped) {
    /** Returns whether every client got every message once, in order, without a stall. */
    boolean clean() {
      return lost == 0 && repeated == 0 && stalls == 0 && closed == 0;
    }

    private Count minus(Count before) {
      return new Count(
          messages - before.messages,
          deliveries - before.deliveries,
          lost - before.lost,
          repeated - before.repeated,
          stalls - before.stalls,
          closed - before.closed,
          late - before.late,
          skipped - before.skipped);
    }
  }

  /**
   * How long nothing may arrive while messages are in flight.
   *
   * @param stallNanos after which it counts as a stall
   * @param lossNanos after which the messages count as lost
   */
  record Patience(long stallNanos, long lossNanos) {
    static final Patience DEFAULT =
        new Patience(TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(10));
  }

  private final Patience patience;
  private final Selector selector = Selector.open();
  private final Consumer<SelectionKey> ready = this::ready;
  private final LoadClient.Frames texts = this::onText;
  private final List<LoadClient> clients = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final int[] missing = new int[RING]; // by number: clients that have not got it
  private final long[] due = new long[RING]; // by number: when it was to be sent
  private final Optional<Topics> topics;
  private final Inflater inflater = new Inflater(true);
  private final ByteBuffer inflated = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final int numberAt; // in a payload
  private byte[] filler = {};

  private Optional<Latencies> latencies = Optional.empty();
  private long readAt;
  private int deliveredBytes;
  private int wireBytes;
  private int open;
  private int notReading; // of the last clients
  private long completed;
  private long progressAt;
  private boolean stalled;

  private long sent;
  private long deliveries;
  private long lost;
  private long repeated;
  private long stalls;
  private long closed;
  private long late;
  private long skipped;

  /**
   * Connects clients, one after the other.
   *
   * @throws IOException if a client cannot connect
   */
  Load(Dial dial, int count) throws IOException {
    this(dial, count, Optional.empty(), Patience.DEFAULT);
  }

  /** The same with other limits. */
  Load(Dial dial, int count, Patience patience) throws IOException {
    this(dial, count, Optional.empty(), patience);
  }

  /** The same with clients of different topics; empty: all get every message. */
  Load(Dial dial, int count, Optional<Topics> topics, Patience patience) throws IOException {
    this.patience = patience;
    this.topics = topics;
    numberAt = START.length + type(0).length + MIDDLE.length;
    try {
      for (int i = 0; i < count; i++) {
        String query = topics.isPresent() ? topics.get().query(i) : dial.query();
        LoadClient client = new LoadClient(dial.withQuery(query), i);
        clients.add(client);
        client.socket.channel.register(selector, SelectionKey.OP_READ, client);
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    open = count;
  }

  /**
   * Chooses the text so that a delivery has a payload of this many bytes, whatever the server adds.
   * Sends two messages for that.
   *
   * @throws IOException if they do not arrive
   */
  void size(int bytes) throws IOException {
    size(bytes, length -> "x".repeat(length).getBytes(StandardCharsets.US_ASCII));
  }

  /** The same with another text after the number, by its length. */
  void size(int bytes, IntFunction<byte[]> text) throws IOException {
    for (int i = 0; i < 2; i++) {
      if (!window(1, 1, Long.MAX_VALUE).clean()) {
        throw new IOException("expected a message at every client, was none");
      }
      filler = text.apply(Math.max(0, filler.length + bytes - deliveredBytes));
    }
  }

  /** The last clients stop reading. Messages are sent to the others, and counted for them alone. */
  void stopReading(int count) {
    notReading = count;
    open -= count;
    for (LoadClient client : lastClients()) {
      key(client).interestOps(0);
      client.owedFrom = Long.MAX_VALUE;
    }
  }

  /**
   * They read again. Later messages are counted for all.
   *
   * @return what they got and missed until all were up to date; one message is sent for that
   */
  Count readAgain() throws IOException {
    for (LoadClient client : lastClients()) {
      client.owedFrom = sent;
      key(client).interestOps(SelectionKey.OP_READ);
    }
    open += notReading;
    notReading = 0;
    return window(1, 1, Long.MAX_VALUE);
  }

  private List<LoadClient> lastClients() {
    return clients.subList(clients.size() - notReading, clients.size());
  }

  private SelectionKey key(LoadClient client) {
    return client.socket.channel.keyFor(selector);
  }

  /**
   * Keeps messages in flight: sends the next one as soon as all clients have got the oldest.
   *
   * @param inFlight how many, at most 1,280
   * @param messages how many to send in all, at most
   * @param nanos how long to send, at most; the last messages arrive later
   */
  Count window(int inFlight, long messages, long nanos) throws IOException {
    return run(
        start -> {
          long first = sent;
          long now = start;
          while (sent - first < messages && now - start < nanos && !givenUp(now)) {
            while (sent - completed < inFlight && sent - first < messages) {
              enqueue(now);
            }
            flush();
            select(out.position() > 0 ? 1 : 100);
            now = System.nanoTime();
          }
        });
  }

  /**
   * Sends messages at a fixed pace, whether the earlier ones have arrived or not. A latency is from
   * the time when a message was due until a client has got it.
   */
  Count paced(int perSecond, long nanos, Latencies record) throws IOException {
    latencies = Optional.of(record);
    try {
      return run(
          start -> {
            long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
            long next = start;
            long now = start;
            while (now - start < nanos && !givenUp(now)) {
              while (next <= now && sent - completed < RING && out.remaining() > BUFFER_BYTES / 2) {
                enqueue(next);
                next += interval;
              }
              flush();
              select(next - now > SPIN_NANOS ? 1 : 0);
              now = System.nanoTime();
            }
          });
    } finally {
      latencies = Optional.empty();
    }
  }

  /** Reads for a while without sending anything. */
  void idle(long nanos) throws IOException {
    run(
        start -> {
          while (System.nanoTime() - start < nanos) {
            select(10);
          }
        });
  }

  /** Returns the payload's length of the latest delivery, inflated. */
  int deliveredBytes() {
    return deliveredBytes;
  }

  /** Returns the payload's length of the latest delivery, as it came. */
  int wireBytes() {
    return wireBytes;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    try (selector) {
      for (LoadClient client : clients) {
        try {
          client.close();
        } catch (IOException e) {
          // The server was first.
        }
      }
    }
  }

  private interface Sending {
    void from(long start) throws IOException;
  }

  /** Sends, then waits until everything has arrived or counts as lost. */
  private Count run(Sending sending) throws IOException {
    Count before = count();
    long now = System.nanoTime();
    progressAt = now;
    stalled = false;
    sending.from(now);
    now = System.nanoTime();
    while (sent > completed && !givenUp(now)) {
      flush();
      select(out.position() > 0 ? 1 : 100);
      now = System.nanoTime();
    }
    for (LoadClient client : clients.subList(0, clients.size() - notReading)) {
      loseUpTo(client, sent);
    }
    out.clear();
    return count().minus(before);
  }

  private Count count() {
    return new Count(sent, deliveries, lost, repeated, stalls, closed, late, skipped);
  }

  private boolean givenUp(long now) {
    long silence = sent > completed ? now - progressAt : 0;
    if (silence > patience.stallNanos && !stalled) {
      stalled = true;
      stalls++;
    }
    return silence > patience.lossNanos || sender().next == CLOSED;
  }

  private void select(int millis) throws IOException {
    long before = deliveries;
    if (millis == 0) {
      selector.selectNow(ready);
    } else {
      selector.select(ready, millis);
    }
    if (deliveries > before || sent == completed) {
      progressAt = System.nanoTime();
      stalled = false;
    }
  }

  private void ready(SelectionKey key) {
    LoadClient client = (LoadClient) key.attachment();
    readAt = System.nanoTime();
    boolean more;
    try {
      more = client.read(in, texts);
    } catch (IOException e) {
      more = false;
    }
    if (!more) {
      key.cancel();
      lose(client);
    }
  }

  /** The server closed the connection. */
  private void lose(LoadClient client) {
    closed++;
    loseUpTo(client, sent);
    client.next = CLOSED;
    open--;
  }

  private void onText(LoadClient client, ByteBuffer bytes, int at, int length, boolean deflated) {
    wireBytes = length;
    if (deflated) {
      inflate(bytes.slice(at, length));
      onMessage(client, inflated, 0, inflated.position());
    } else {
      onMessage(client, bytes, at, length);
    }
  }

  private void inflate(ByteBuffer bytes) {
    inflater.reset();
    inflated.clear();
    try {
      inflater.setInput(bytes);
      inflater.inflate(inflated);
      inflater.setInput(END_OF_BLOCK);
      inflater.inflate(inflated);
    } catch (DataFormatException e) {
      inflated.clear(); // counts as no message, so it is lost
    }
  }

  private void onMessage(LoadClient client, ByteBuffer bytes, int at, int length) {
    if (length < numberAt + DIGITS || bytes.get(at + START.length) != 'T') {
      return; // not one of our messages
    }
    long number = 0;
    for (int i = 0; i < DIGITS; i++) {
      number = number * 10 + bytes.get(at + numberAt + i) - '0';
    }
    deliveredBytes = length;
    if (number < client.next || number >= sent || !gets(client, number)) {
      repeated++;
      return;
    }
    loseUpTo(client, number);
    client.next = number + 1;
    if (number < client.owedFrom) {
      late++;
      return;
    }
    deliveries++;
    settle(number);
    if (latencies.isPresent()) {
      latencies.get().record(readAt - due[(int) (number & RING - 1)]);
    }
  }

  private boolean gets(LoadClient client, long number) {
    return topics.isEmpty() || topics.get().has(client.index, number);
  }

  private void loseUpTo(LoadClient client, long end) {
    for (; client.next < end; client.next++) {
      if (!gets(client, client.next)) {
        continue;
      }
      if (client.next < client.owedFrom) {
        skipped++;
      } else {
        lost++;
        settle(client.next);
      }
    }
  }

  private void settle(long number) {
    if (--missing[(int) (number & RING - 1)] == 0) {
      completed++;
    }
  }

  private void enqueue(long dueAt) {
    byte[] type = type(sent);
    int length = numberAt + DIGITS + filler.length + END.length;
    out.put((byte) 0x81);
    if (length < 126) {
      out.put((byte) (0x80 | length));
    } else {
      out.put((byte) (0x80 | 126)).putShort((short) length);
    }
    out.putInt(0).put(START).put(type).put(MIDDLE); // a masking key of 0
    long power = 1_000_000_000L;
    for (int i = 0; i < DIGITS; i++) {
      out.put((byte) ('0' + sent / power % 10));
      power /= 10;
    }
    out.put(filler).put(END);
    int slot = (int) (sent & RING - 1);
    missing[slot] = topics.isPresent() ? topics.get().followers(sent) : open;
    completed += missing[slot] == 0 ? 1 : 0; // nobody follows its topic
    due[slot] = dueAt;
    sent++;
  }

  private void flush() {
    if (out.position() > 0 && sender().next != CLOSED) {
      try {
        sender().socket.write(out.flip());
        out.compact();
      } catch (IOException e) {
        out.clear();
        lose(sender());
      }
    }
  }

  private byte[] type(long number) {
    return topics.isPresent() ? topics.get().name(number) : BROADCAST;
  }

  private LoadClient sender() {
    return clients.get(0);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
