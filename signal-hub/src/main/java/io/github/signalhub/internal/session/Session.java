package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * One client: the topics that it follows, and one position, up to which its link has accepted
 * everything.
 *
 * <p>{@link #take} copies what lies between the position and the horizon of the topics that are
 * dirty; {@link #accepted} moves the position. In between nothing is owed to anybody: frames that
 * the link did not accept are simply taken again, and of a frame that it accepted in part the bytes
 * are kept here until their end, whatever leaves the log meanwhile. So a client that does not read
 * costs one frame, and costs the others nothing.
 *
 * <p>Confined to its loop, except where stated.
 */
public final class Session implements Inbound, Outbound {
  final Shard shard;

  /** Whether this session waits in its shard's queue. */
  boolean queued;

  private final String id;
  private final Connection connection;
  private final WireForm form;
  private final boolean toldOfGaps;
  private final SessionListener listener;
  private final PrivateTopic privateTopic = new PrivateTopic(this);
  private final List<Subscription> subscriptions = new ArrayList<>(2);
  private final List<Subscription> dirty = new ArrayList<>(2);

  /** Control messages that nobody has taken yet, and those taken at least once and not accepted. */
  private final Deque<Control> controls = new ArrayDeque<>(1);

  private final List<byte[]> encodedControls = new ArrayList<>(1);

  private volatile long position;
  private volatile boolean sealed;
  private long sealedAt = Long.MAX_VALUE;
  private boolean fellBehind;
  private boolean ended;

  private byte[] pinned;
  private int pinnedAccepted;
  private long pinnedOffset;

  Session(
      Shard shard, String id, Connection connection, boolean toldOfGaps, SessionListener listener) {
    this.shard = shard;
    this.id = id;
    this.connection = connection;
    this.form = connection.wireForm();
    this.toldOfGaps = toldOfGaps;
    this.listener = listener;
  }

  @Override
  public String clientId() {
    return id;
  }

  @Override
  public Outbound outbound() {
    return this;
  }

  @Override
  public void text(byte[] utf8) {
    listener.text(utf8);
  }

  @Override
  public boolean binary(byte[] bytes) {
    return listener.binary(bytes);
  }

  /** Returns the link. Thread-safe. */
  public Connection connection() {
    return connection;
  }

  /** Returns up to where the link has accepted everything. Thread-safe. */
  public long position() {
    return position;
  }

  /** Returns whether nothing new is sent any more. Thread-safe. */
  public boolean isSealed() {
    return sealed;
  }

  /**
   * Sends a message to this session alone. Thread-safe.
   *
   * @param json as for {@link HubLog#append}
   * @return its offset, or {@link HubLog#FULL}, {@link HubLog#OVERLOADED} or {@link HubLog#CLOSED}
   */
  public long send(byte[] json) {
    return privateTopic.append(json);
  }

  /**
   * Sends a control message, if the peer asked for them, before everything of the log that it was
   * not sent yet; on the loop before anything else can happen. Thread-safe.
   */
  public void control(String type, Map<String, Object> payload) {
    Runnable add =
        () -> {
          if (!ended) {
            controls.add(() -> Control.encode(type, payload));
            shard.enqueue(this);
            shard.flushSoon();
          }
        };
    if (shard.loop().inLoop()) {
      add.run();
    } else {
      shard.loop().execute(add);
    }
  }

  /** Follows a topic from the position on; does nothing if it does so already, or has ended. */
  public void join(String topic) {
    if (!ended && find(topic) == null) {
      long horizon = shard.advance();
      if (dirty.isEmpty() && pinned == null) {
        position = Math.max(position, Math.min(horizon, sealedAt)); // it has everything up to there
      }
      subscribe(topic);
      Subscription joined = subscriptions.get(subscriptions.size() - 1);
      joined.gapTold = joined.topic().log().floor(); // what left before it joined is no loss
      markDirty(joined);
      shard.flushSoon();
    }
  }

  /** Stops following a topic; does nothing if it does not. */
  public void leave(String topic) {
    Subscription subscription = find(topic);
    if (subscription != null) {
      subscriptions.remove(subscription);
      dirty.remove(subscription);
      controls.remove(subscription.gap);
      shard.unsubscribe(subscription);
    }
  }

  @Override
  public int take(ByteBuffer into) {
    Taken taken = shard.taken;
    if (!taken.belongsTo(this)) {
      startTaking();
    }
    int copied = 0;
    while (into.hasRemaining() && (!taken.isCopied() || takeNext())) {
      copied += taken.copy(into);
    }
    if (taken.bytes() == 0) { // nothing to report on: the next call looks at the log anew
      boolean nothingLeft = taken.size() == 0;
      taken.start(null);
      if (nothingLeft) {
        caughtUp();
      }
    }
    return copied;
  }

  @Override
  public ByteBuffer takeFrame() {
    if (pinned == null) {
      startTaking();
      if (takeNext()) {
        pin(0, 0);
      }
      shard.taken.start(null);
      if (pinned == null) {
        caughtUp();
        return null;
      }
    }
    return ByteBuffer.wrap(pinned).asReadOnlyBuffer();
  }

  @Override
  public void accepted(int bytes) {
    Taken taken = shard.taken;
    if (!taken.belongsTo(this)) {
      acceptedFrame(bytes);
      return;
    }
    checkAccepted(bytes, taken.bytes());
    int left = bytes;
    int i = 0;
    while (i < taken.size() && left >= taken.frame(i).length - taken.skipped(i)) {
      left -= taken.frame(i).length - taken.skipped(i);
      if (taken.offset(i) == Taken.CONTROL && (i > 0 || pinned == null)) {
        encodedControls.remove(0);
      }
      if (i == 0) {
        pinned = null;
      }
      position = Math.max(position, taken.offset(i));
      i++;
    }
    if (left > 0 && i == 0 && pinned != null) {
      pinnedAccepted += left;
    } else if (left > 0) {
      pin(i, left);
    }
    boolean all = i == taken.size();
    taken.start(null);
    if (all) {
      caughtUp();
    }
  }

  @Override
  public int unfinished() {
    return pinned == null ? 0 : pinned.length - pinnedAccepted;
  }

  @Override
  public void seal() {
    if (!sealed) {
      sealed = true;
      sealedAt = shard.advance();
    }
  }

  @Override
  public boolean isEmpty() {
    if (shard.taken.belongsTo(this)) {
      return false;
    }
    if (pinned != null || !controls.isEmpty() || !encodedControls.isEmpty()) {
      return false;
    }
    startTaking();
    shard.taken.start(null);
    boolean nothingLeft = shard.merge.peek() == null && controls.isEmpty();
    return nothingLeft && !fellBehind; // who fell behind waits for the abort that says so
  }

  /** Marks a topic as one that may have entries for this session, and queues the session. */
  void markDirty(Subscription subscription) {
    if (!subscription.dirty) {
      subscription.dirty = true;
      dirty.add(subscription);
    }
    shard.enqueue(this);
  }

  /** Learns that entries behind {@code after} and up to {@code floor} left the log unsent. */
  void lost(Subscription subscription, long after, long floor) {
    if (!toldOfGaps) {
      if (!fellBehind) {
        fellBehind = true; // the transport is in the middle of taking: abort when it is done
        shard.loop().execute(() -> connection.abort(CloseReason.FELL_BEHIND));
      }
      return;
    }
    tellGap(subscription, new MessageId(shard.epoch, after).toString(), floor);
  }

  /** Subscribes to topics and says where to begin; called once, first of all. */
  void open(Collection<String> topics, String after, boolean controlMessages) {
    topics.forEach(this::subscribe);
    long horizon = shard.advance();
    MessageId asked = after == null ? null : MessageId.parse(after).orElse(null);
    boolean known = asked != null && asked.epoch() == shard.epoch && asked.offset() <= horizon;
    position = known ? asked.offset() : horizon;
    boolean resumed = known;
    for (Subscription subscription : subscriptions) {
      shard.log.expire(subscription.topic());
      resumed &= subscription.topic().log().floor() <= position;
    }
    if (controlMessages) {
      List<String> names = new ArrayList<>(topics);
      names.removeIf(name -> name.startsWith("$"));
      controls.add(new Hello(id, new MessageId(shard.epoch, position), resumed, names));
    }
    for (Subscription subscription : subscriptions) {
      if (after != null && !known) {
        tellGap(subscription, after, position);
      }
      markDirty(subscription);
    }
    shard.flushSoon();
  }

  /** Ends the session. */
  void end(CloseReason reason) {
    ended = true;
    subscriptions.forEach(shard::unsubscribe);
    subscriptions.clear();
    dirty.clear();
    controls.clear();
    pinned = null;
    privateTopic.close();
    listener.closed(reason);
  }

  private void subscribe(String topic) {
    subscriptions.add(shard.subscribe(this, topic));
  }

  private Subscription find(String topic) {
    for (Subscription subscription : subscriptions) {
      if (subscription.topic().name().equals(topic)) {
        return subscription;
      }
    }
    return null;
  }

  private void tellGap(Subscription subscription, String after, long floor) {
    subscription.gapTold = floor;
    if (subscription.gap != null) {
      subscription.gap.widen(floor);
    } else {
      subscription.gap = new Gap(subscription, shard.epoch, after, floor);
      controls.add(subscription.gap);
    }
  }

  private void startTaking() {
    shard.taken.start(this);
    long after = pinned == null ? position : Math.max(position, pinnedOffset);
    shard.merge.start(this, dirty, after, Math.min(shard.horizon(), sealedAt));
    if (pinned != null) {
      shard.taken.add(pinned, pinnedAccepted, pinnedOffset);
    }
  }

  /** Adds the next frame to what is taken, and returns whether there was one. */
  private boolean takeNext() {
    Taken taken = shard.taken;
    if (fellBehind) {
      return false;
    }
    if (taken.controls() == encodedControls.size() && !controls.isEmpty()) {
      if (taken.controls() > 0) {
        return false; // a newer control waits until these are accepted: few are ever held
      }
      controls.forEach(control -> encodedControls.add(form.encode(control.json())));
      controls.clear();
    }
    if (taken.controls() < encodedControls.size()) {
      taken.add(encodedControls.get(taken.countControl()), 0, Taken.CONTROL);
      return true;
    }
    Entry entry = shard.merge.peek();
    if (entry == null) {
      return false;
    }
    taken.add(entry.encoded(form, shard.log), 0, entry.offset());
    shard.merge.advance();
    return true;
  }

  /** Keeps frame {@code i} of what is taken until its end is accepted. */
  private void pin(int i, int accepted) {
    pinned = shard.taken.frame(i);
    pinnedOffset = shard.taken.offset(i);
    pinnedAccepted = accepted;
    if (pinnedOffset == Taken.CONTROL) {
      encodedControls.remove(0);
    }
  }

  private void acceptedFrame(int bytes) {
    checkAccepted(bytes, unfinished());
    if (bytes > 0) {
      pinnedAccepted += bytes;
      if (unfinished() == 0) {
        pinned = null;
        position = Math.max(position, pinnedOffset);
      }
    }
  }

  /** Moves the position to the end of what was looked at, if nothing up to there is left. */
  private void caughtUp() {
    boolean done = shard.merge.peek() == null && !shard.merge.isBroken();
    if (!done || !controls.isEmpty() || fellBehind) {
      return;
    }
    long limit = shard.merge.limit();
    position = Math.max(position, limit);
    for (int i = dirty.size() - 1; i >= 0; i--) {
      Subscription subscription = dirty.get(i);
      if (subscription.topic().log().last() <= limit) {
        subscription.dirty = false;
        dirty.set(i, dirty.get(dirty.size() - 1));
        dirty.remove(dirty.size() - 1);
      }
    }
  }

  private static void checkAccepted(int bytes, long taken) {
    if (bytes < 0 || bytes > taken) {
      throw new IllegalArgumentException(
          "expected 0 to " + taken + " accepted bytes, was " + bytes);
    }
  }
}
