package io.github.signalhub.model;

import static io.github.signalhub.model.ReferenceLog.require;

import io.github.signalhub.PublishResult;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.json.Json;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.model.ReferenceLog.Sent;
import io.github.signalhub.spi.Handshake;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The messages that one connection must get, and the messages that it got. */
final class ReferenceClient implements LinkOptions.Listener {
  private static final int MAX_PRIVATE = 64;
  private static final long MAX_PRIVATE_BYTES = 64 * 1024;

  private final ReferenceLog log;
  private final Handshake handshake;
  private final boolean told;
  private final boolean known;
  private final long start;
  private final List<Stay> stays = new ArrayList<>();
  private final List<Loss> losses = new ArrayList<>();

  /** Losses of topics that were left and joined again. The join begins at the position. */
  private final Set<Loss> beforeJoin = new HashSet<>();

  /** The losses of second lags that named no topic. */
  private final List<Loss> skips = new ArrayList<>();

  private final Set<String> startingGaps = new HashSet<>();
  private final Set<String> underWay = new HashSet<>();

  /** The topics that the client left. Its loop may not know of it yet. */
  private final Set<String> leaving = new HashSet<>();

  private final Set<String> needlessGaps = new HashSet<>();

  private final Map<String, Long> expired = new HashMap<>();
  private final BitSet received = new BitSet();
  private String clientId;
  private String privateTopic = "";
  private String lastId;
  private boolean lagged;
  private long skippedTo;
  private long skippedUnnamed;
  private String catchingUp;
  private String catchUpEnd;
  private boolean helloSeen;
  private boolean resumed;
  private boolean reading;
  private boolean open = true;
  private boolean closing;
  private boolean cut;
  private long last;
  private long sealedAt = Long.MAX_VALUE;

  /**
   * A time in which the client followed a topic. It gets the messages after {@code from} and up to
   * {@code to}.
   */
  private static final class Stay {
    final String topic;
    long from;
    final long earliest;
    long to = Long.MAX_VALUE;
    long left = Long.MAX_VALUE;

    Stay(String topic, long from, long earliest) {
      this.topic = topic;
      this.from = from;
      this.earliest = earliest;
    }

    /** Returns whether a message is of this topic, after one offset and up to another. */
    boolean has(Sent message, long after, long upTo) {
      return message.topic.equals(topic) && message.offset > after && message.offset <= upTo;
    }
  }

  private record Loss(String topic, long after, long next) {
    /** Returns whether it would cover a message as another topic that gaps do not name. */
    boolean mayCover(Sent message) {
      return message.topic.startsWith("$") && message.offset > after && message.offset < next;
    }

    boolean covers(Sent message) {
      return message.topic.equals(topic) && message.offset > after && message.offset < next;
    }
  }

  ReferenceClient(ReferenceLog log, Handshake handshake, String lastId, long now) {
    this.log = log;
    this.handshake = handshake;
    this.lastId = lastId;
    long asked = handshake.after().map(log::offset).orElse(-1L);
    known = asked >= 0 && asked <= log.horizon();
    start = known ? asked : log.horizon();
    last = start;
    told = handshake.controlMessages() || handshake.after().isPresent();
    Set<String> topics = new HashSet<>(handshake.topics());
    topics.add(ReferenceLog.BROADCAST);
    handshake.user().ifPresent(user -> topics.add("$user:" + user));
    for (String topic : topics) {
      stays.add(new Stay(topic, start, start));
      expired.put(topic, log.expired(topic, now));
      if (handshake.after().isPresent() && !known) {
        startingGaps.add(topic);
      }
    }
  }

  /** Records the id that the hub gave the client when it was registered. */
  void registered(String id, long now) {
    require(clientId == null || clientId.equals(id), "$hello has the client's id");
    clientId = id;
    privateTopic = ReferenceLog.privateTopic(id);
    stays.add(new Stay(privateTopic, 0, 0));
    log.looked(this, now);
  }

  /** Returns the id after which this client would resume. */
  String lastId() {
    return lastId;
  }

  /** Returns this client as the sender of messages. It has no session, so its id counts. */
  ReferenceLog.Sender sender() {
    int names = clientId.length() + handshake.user().map(String::length).orElse(0);
    return new ReferenceLog.Sender(clientId, 104 + names);
  }

  /** Returns whether this client sent a message that is not sent back to it. */
  private boolean isOwn(Sent message) {
    return message.sender.isPresent() && message.sender.get().clientId().equals(clientId);
  }

  boolean isOpen() {
    return open;
  }

  /** Returns whether the client has always read everything at once, and still does. */
  boolean isReading() {
    return reading && open;
  }

  /** Returns whether the client reads and must get a message before it may leave. */
  boolean needs(Sent message) {
    return isReading() && isOwed(message) && !hasFallenBehind();
  }

  /** Returns whether a plain client lost a message. It is closed then and gets no more. */
  private boolean hasFallenBehind() {
    boolean lost = false;
    for (long offset = last + 1; offset <= log.horizon(); offset++) {
      Sent message = log.at(offset);
      lost |= message.mayBeGone && stays.stream().anyMatch(s -> s.has(message, s.earliest, s.left));
    }
    return lost && !told;
  }

  void reading(boolean reading) {
    this.reading = reading;
  }

  boolean follows(String topic) {
    return open && stays.stream().anyMatch(s -> s.topic.equals(topic) && s.to == Long.MAX_VALUE);
  }

  /** Records that the client is being closed. */
  void closes() {
    closing = true;
  }

  boolean isClosing() {
    return closing || sealedAt != Long.MAX_VALUE;
  }

  /** Records that the client is about to follow a topic. It may get earlier messages. */
  void asksFor(String topic) {
    if (open && !isClosing() && !follows(topic)) {
      stays.add(new Stay(topic, Long.MAX_VALUE, Math.max(last, log.gone(topic))));
    }
  }

  /** Returns whether messages of a topic may stay until the client's loop has read them. */
  boolean mayHold(String topic) {
    return follows(topic) || open && leaving.contains(topic);
  }

  /** Records that the client follows a topic that it asked for, without earlier messages. */
  void joins(String topic) {
    for (Stay stay : stays) {
      if (stay.topic.equals(topic) && stay.from == Long.MAX_VALUE) {
        stay.from = log.horizon();
      }
    }
  }

  /** Records that the client left a topic. Only the rest of a frame may still come. */
  void leaves(String topic, boolean insideFrame) {
    leaving.add(topic);
    for (Stay stay : stays) {
      if (stay.topic.equals(topic) && stay.to == Long.MAX_VALUE) {
        stay.to = last;
        stay.left = log.horizon();
        if (insideFrame) {
          underWay.add(topic);
        }
        if (startingGaps.remove(topic)) {
          needlessGaps.add(topic);
        }
      }
    }
  }

  /** Records that the client's loop has processed a leave. */
  void left(String topic) {
    leaving.remove(topic);
  }

  boolean isOwed(Sent message) {
    return message.offset > last
        && message.offset <= sealedAt
        && !isOwn(message)
        && !(message.topic.startsWith("$") && message.offset <= skippedUnnamed)
        && stays.stream().anyMatch(s -> s.has(message, s.from, s.to))
        && losses.stream().noneMatch(loss -> loss.covers(message))
        && skips.stream().noneMatch(skip -> skip.mayCover(message));
  }

  private boolean mayGet(Sent message) {
    return stays.stream().anyMatch(s -> s.has(message, s.earliest, s.to));
  }

  @Override
  public void text(String text) {
    require(open, "no message follows the end");
    if (text.startsWith("{\"type\":\"$")) {
      control(text);
      return;
    }
    require(helloSeen || !handshake.controlMessages(), "$hello comes first");
    String id = text.substring(text.length() - 35, text.length() - 2);
    Sent message = log.at(log.offset(id));
    require(message.text.equals(text), "a message arrives unchanged: " + text);
    require(message.offset > last, "no message comes twice or late: " + text);
    require(!isOwn(message), "a message is not sent to its sender: " + text);
    require(message.offset <= sealedAt, "no message after the close is sent: " + text);
    require(
        mayGet(message) || underWay.contains(message.topic),
        "a client gets only its own topics: " + text);
    require(
        losses.stream()
            .filter(loss -> !beforeJoin.contains(loss))
            .noneMatch(loss -> loss.topic.equals(message.topic) && loss.next > message.offset),
        "a gap follows all earlier messages and covers none of the later ones: " + text);
    require(
        message.offset > expired.getOrDefault(message.topic, 0L),
        "an expired message is not sent to a new client: " + text);
    require(startingGaps.isEmpty(), "a gap first announces another start");
    require(catchingUp == null, "an empty catch-up is empty");
    underWay.clear();
    for (long offset = last + 1; offset < message.offset; offset++) {
      require(!isOwed(log.at(offset)), "no message is missing: " + offset + " before " + text);
    }
    last = message.offset;
    received.set((int) message.offset);
    lastId = id;
  }

  private void control(String text) {
    Map<?, ?> message = (Map<?, ?>) Json.parse(text);
    Map<?, ?> payload = (Map<?, ?>) message.get("payload");
    switch ((String) message.get("type")) {
      case "$hello" -> hello(payload);
      case "$gap" -> gap(payload);
      case "$bye" ->
          require(
              handshake.controlMessages(), "only clients with control messages get $bye: " + text);
      case "$joined" -> joined(payload);
      case "$left" -> left(payload);
      case "$sync" -> sync(payload);
      default -> throw new Violation("control messages are known: " + text);
    }
  }

  private void hello(Map<?, ?> payload) {
    require(handshake.controlMessages() && !helloSeen, "$hello comes once, to who asked");
    require(losses.isEmpty() && received.isEmpty(), "$hello comes first");
    require(payload.get("id").equals(log.id(start)), "$hello says where the client begins");
    Set<?> topics = new HashSet<>((List<?>) payload.get("topics"));
    require(topics.equals(handshake.topics()), "$hello names the topics");
    require(clientId == null || clientId.equals(payload.get("clientId")), "$hello has the id");
    clientId = (String) payload.get("clientId");
    helloSeen = true;
    resumed = (boolean) payload.get("resumed");
    require(known || !resumed, "a client without a start has not resumed");
    boolean tooOld =
        expired.entrySet().stream()
            .anyMatch(topic -> topic.getValue() > start && !topic.getKey().equals(privateTopic));
    require(!tooOld || !resumed, "a client that misses expired messages has not resumed");
    lastId = log.id(start);
  }

  /** Checks the messages that a client got while it connected, if it reads everything. */
  void opened() {
    require(
        !known || !helloSeen || resumed == losses.isEmpty(), "resumed means that no gap follows");
  }

  private void gap(Map<?, ?> payload) {
    require(told, "a plain client gets no $gap");
    require(helloSeen || !handshake.controlMessages(), "$hello comes first");
    String topic = (String) payload.get("topic");
    String after = (String) payload.get("after");
    long next = log.offset((String) payload.get("next"));
    require(next > 0, "next is an id of this hub");
    boolean starting = !known && handshake.after().orElse("").equals(after);
    if (starting && next == start + 1) {
      String gone = topic != null ? topic : anyInternal(startingGaps);
      require(
          startingGaps.remove(gone) || needlessGaps.remove(gone),
          "one gap per topic announces another start");
      losses.add(new Loss(gone, -1, next));
      return;
    }
    Sent newest = log.at(next - 1);
    String gapped = newest.topic;
    if (lagged && topic == null && log.offset(after) >= 0) {
      // of broadcasts, of the user's messages or of its own; the gap does not say which, and the
      // order is open
      skippedUnnamed = Math.max(skippedUnnamed, next - 1);
    }
    if (lagged && isSkip(topic, after, next)) {
      skip(topic, log.offset(after), next);
      return;
    }
    boolean widened = // the model may have taken another internal topic for this one
        starting
            && (startingGaps.remove(gapped)
                || needlessGaps.remove(gapped)
                || topic == null && startingGaps.remove(anyInternal(startingGaps)));
    long from = widened ? -1 : log.offset(after);
    require(widened || from >= 0, "after is an id of this hub");
    require(
        gapped.equals(topic) || topic == null && gapped.startsWith("$"), "a gap names its topic");
    require(
        stays.stream().anyMatch(s -> s.topic.equals(gapped)), "a gap is of the client's topics");
    require(followed(newest), "a gap is no older than the join: " + payload);
    require(isUnsent(newest) && newest.offset > from, "a gap ends at a lost message: " + payload);
    Loss loss = new Loss(gapped, from, next);
    for (long offset = Math.max(from, start) + 1; offset < next; offset++) {
      Sent message = log.at(offset);
      if (loss.covers(message)) {
        require(!received.get((int) offset), "a gap covers no received message: " + payload);
        require(
            !isOwed(message) || message.mayBeGone,
            "a gap covers only evicted messages: " + payload);
      }
    }
    losses.add(loss);
    if (lagged && topic == null) {
      skips.add(loss);
    }
    lagged |= isLag(loss);
  }

  /** Returns whether the client may have been too slow, because not all its losses were drops. */
  private boolean isLag(Loss loss) {
    for (long offset = Math.max(loss.after, start) + 1; offset < loss.next; offset++) {
      Sent message = log.at(offset);
      if (loss.covers(message) && message.mayBeGone && !message.isDropped) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a gap covers unevicted messages, because the client lagged again. */
  private boolean isSkip(String topic, String after, long next) {
    Sent newest = log.at(next - 1);
    boolean ofTopic = newest.topic.equals(topic) || topic == null && newest.topic.startsWith("$");
    if (!ofTopic || !followed(newest) || !isUnsent(newest)) {
      return true;
    }
    if (newest.topic.equals(privateTopic)) {
      return true; // these are not skipped, so the gap may be of another topic that it does not
      // name
    }
    long from = log.offset(after);
    for (long offset = Math.max(from, start) + 1; from >= 0 && offset < next; offset++) {
      Sent message = log.at(offset);
      if (message.topic.equals(newest.topic) && isOwed(message) && !message.mayBeGone) {
        return true;
      }
    }
    return false;
  }

  /** Records a second lag, which skips everything up to that horizon with a gap per topic. */
  private void skip(String topic, long from, long next) {
    require(from >= 0, "after is an id of this hub");
    String skipped = topic;
    boolean lost = next == skippedTo;
    for (long offset = Math.max(from, start) + 1; offset < next; offset++) {
      Sent message = log.at(offset);
      lost |= followed(message) && message.mayBeGone && !received.get((int) offset);
      boolean internal = skipped == null && message.topic.startsWith("$") && isOwed(message);
      skipped = internal ? message.topic : skipped;
    }
    require(lost, "a client that skips has lost a message");
    for (long offset = from + 1; offset < next; offset++) {
      boolean covered = log.at(offset).topic.equals(skipped);
      require(!covered || !received.get((int) offset), "a gap covers no received message");
    }
    if (skipped != null) {
      losses.add(new Loss(skipped, from, next));
    }
    skippedTo = next;
  }

  private boolean followed(Sent message) {
    return stays.stream().anyMatch(s -> s.has(message, s.earliest, Long.MAX_VALUE));
  }

  private boolean isUnsent(Sent message) {
    return message.mayBeGone
        && !received.get((int) message.offset)
        && losses.stream().noneMatch(loss -> loss.covers(message));
  }

  private static String anyInternal(Set<String> topics) {
    return topics.stream().filter(name -> name.startsWith("$")).findFirst().orElse("");
  }

  /** Checks a join without earlier messages: an empty catch-up at the client's position. */
  private void joined(Map<?, ?> payload) {
    require(handshake.controlMessages() && helloSeen, "$joined is told who asked, behind $hello");
    require(catchingUp == null, "a catch-up ends before the next begins");
    require(
        payload.get("after").equals(payload.get("upTo")),
        "a join without earlier messages has an empty catch-up");
    catchingUp = (String) payload.get("topic");
    require(
        stays.stream().anyMatch(s -> s.topic.equals(catchingUp)), "$joined names the joined topic");
    losses.stream().filter(loss -> loss.topic.equals(catchingUp)).forEach(beforeJoin::add);
    catchUpEnd = (String) payload.get("upTo");
  }

  private void left(Map<?, ?> payload) {
    require(handshake.controlMessages() && helloSeen, "$left is told who asked, behind $hello");
    String topic = (String) payload.get("topic");
    require(
        stays.stream().anyMatch(s -> s.topic.equals(topic) && s.to != Long.MAX_VALUE),
        "$left names the left topic");
  }

  private void sync(Map<?, ?> payload) {
    require(catchingUp != null, "without a timer $sync ends a catch-up");
    require(payload.get("id").equals(catchUpEnd), "a catch-up ends at its announced end");
    long id = log.offset(catchUpEnd);
    require(id >= last, "a position only grows");
    for (long offset = last + 1; offset <= id; offset++) {
      require(!isOwed(log.at(offset)), "everything up to a $sync was sent: " + offset);
    }
    catchingUp = null;
    last = id;
    lastId = catchUpEnd;
  }

  /** Checks the result of a message to this client alone. */
  void sentPrivately(PublishResult result, int bytes) {
    long waiting = 0;
    long waitingBytes = 0;
    long sure = 0;
    long sureBytes = 0;
    boolean maySkip = false; // and has not read it yet: skipped messages wait no more
    for (long offset = last + 1; offset <= log.horizon(); offset++) {
      Sent message = log.at(offset);
      maySkip |= told && followed(message) && isUnsent(message);
      if (message.topic.equals(privateTopic)) {
        waiting++;
        waitingBytes += message.bytes();
        sure += message.mayBeGone ? 0 : 1;
        sureBytes += message.mayBeGone ? 0 : message.bytes();
      }
    }
    if (result.status() == PublishResult.Status.CLIENT_FULL) {
      require(
          waiting >= MAX_PRIVATE || waiting > 0 && waitingBytes + bytes > MAX_PRIVATE_BYTES,
          "FULL means full");
    } else if (result.status() == PublishResult.Status.ACCEPTED) {
      require(
          maySkip || sure == 0 || sure < MAX_PRIVATE && sureBytes + bytes <= MAX_PRIVATE_BYTES,
          "FULL is told");
    }
    require(result.status() != PublishResult.Status.NO_SUCH_CLIENT, "a connected client is known");
    require(
        (result.status() == PublishResult.Status.CLIENT_CLOSING) == (sealedAt != Long.MAX_VALUE),
        "CLOSING is told");
  }

  String privateTopic() {
    return privateTopic;
  }

  @Override
  public void closing() {
    sealedAt = Math.min(sealedAt, log.horizon());
  }

  @Override
  public void ended(DisconnectReason reason) {
    if (reason.equals(DisconnectReason.FELL_BEHIND)) {
      require(!told, "a client that understands gaps is not closed for one");
      require(hasFallenBehind(), "4100 only after a loss");
    } else if (!reason.equals(DisconnectReason.ABNORMAL)) {
      require(isComplete(), "all messages before a close are sent before it");
    }
    open = false;
    cut = reason.equals(DisconnectReason.ABNORMAL);
  }

  boolean wasCut() {
    return cut;
  }

  /** Checks the client's state when no task is left. */
  void settled() {
    if (isReading()) {
      require(isComplete(), "a client that reads has every message when no task is left");
      require(sealedAt == Long.MAX_VALUE, "a client that reads is closed at once");
    }
  }

  private boolean isComplete() {
    for (long offset = last + 1; offset <= log.horizon(); offset++) {
      if (isOwed(log.at(offset))) {
        return false;
      }
    }
    return startingGaps.isEmpty();
  }
}
