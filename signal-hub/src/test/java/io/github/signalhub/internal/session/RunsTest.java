package io.github.signalhub.internal.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Link;
import io.github.signalhub.spi.LinkTimeouts;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.PlatformConnection;
import io.github.signalhub.spi.WireForm;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RunsTest {
  private final Rig rig = new Rig();

  @Nested
  class SessionsAtOnePlace {
    private final Form form = new Form("");

    @Test
    void haveTheirMessagesEncodedAndCopiedOnce() {
      List<MemoryLink> links = connect(form, 100, "t");

      append("t", 0, 3);

      assertThat(form.encodings).isEqualTo(3);
      assertThat(form.copies).isEqualTo(3);
      links.forEach(link -> assertThat(rig.arrived(link)).containsExactly("t=0", "t=1", "t=2"));
      links.forEach(link -> assertThat(link.writes()).isEqualTo(1));
    }

    @Test
    void haveTheirMessagesEncodedAndCopiedOnceForEachWireForm() {
      Form other = new Form("   ");
      List<MemoryLink> links = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        links.addAll(connect(i % 2 == 0 ? form : other, 1, "t"));
      }

      append("t", 0, 3);

      for (Form each : List.of(form, other)) {
        assertThat(each.encodings).isEqualTo(3);
        assertThat(each.copies).isEqualTo(3);
      }
      for (int i = 0; i < 50; i++) {
        String end = "}" + (i % 2 == 0 ? form : other).end;
        assertThat(links.get(i).received()).hasSize(3).allMatch(text -> text.endsWith(end));
      }
    }

    @Test
    void areThoseThatTheNewMessagesConcernInTheSameWay() {
      List<MemoryLink> a = connect(form, 10, "a");
      List<MemoryLink> both = connect(form, 10, "a", "b");
      List<MemoryLink> b = connect(form, 10, "b");

      append("a", 0, 1);
      append("b", 1, 2);
      rig.log.append("a", Rig.json("a", 2));
      rig.log.append("b", Rig.json("b", 3));
      rig.transport.run();

      a.forEach(link -> assertThat(rig.arrived(link)).containsExactly("a=0", "a=2"));
      b.forEach(link -> assertThat(rig.arrived(link)).containsExactly("b=1", "b=3"));
      both.forEach(
          link -> assertThat(rig.arrived(link)).containsExactly("a=0", "b=1", "a=2", "b=3"));
    }

    @Test
    void areGivenMoreThanARunHoldsInSeveralRuns() {
      List<MemoryLink> links = connect(form, 20, "t");
      String kibibyte = "x".repeat(1 << 10);

      for (int i = 0; i < 150; i++) {
        rig.log.append("t", Rig.json("t", i + kibibyte));
      }
      rig.transport.run();

      List<String> expected = IntStream.range(0, 150).mapToObj(i -> "t=" + i + kibibyte).toList();
      links.forEach(link -> assertThat(rig.arrived(link)).isEqualTo(expected));
      assertThat(form.copies).isBetween(150, 153); // a frame that did not fit begins the next run
    }

    @Test
    void areSentAFrameThatIsLongerThanARunInItsPlace() {
      List<MemoryLink> links = connect(form, 3, "t");
      String large = "x".repeat(Run.MAX_BYTES);

      rig.log.append("t", Rig.json("t", 0));
      rig.log.append("t", Rig.json("t", large));
      rig.log.append("t", Rig.json("t", 2));
      rig.transport.run();

      links.forEach(
          link -> assertThat(rig.arrived(link)).containsExactly("t=0", "t=" + large, "t=2"));
    }

    @Test
    void doNotShareAMessageThatOneOfThemSent() {
      List<MemoryLink> links = connect(form, 3, "t");
      MemoryLink sender = links.get(1);

      rig.log.append("t", Rig.json("t", 0));
      rig.log.append("t", Rig.json("t", 1), null, rig.session(sender).self());
      rig.log.append("t", Rig.json("t", 2));
      rig.transport.run();

      assertThat(rig.arrived(sender)).containsExactly("t=0", "t=2");
      assertThat(rig.arrived(links.get(0))).containsExactly("t=0", "t=1", "t=2");
      assertThat(rig.arrived(links.get(2))).containsExactly("t=0", "t=1", "t=2");
    }

    @Test
    void areSentTheirRepliesFirst() {
      MemoryLink leaving = rig.connect("t", "u");
      MemoryLink other = rig.connect("t", "u");
      Session session = rig.session(leaving);
      rig.transport.run();

      session.connection().loop().execute(() -> session.leave("u", null));
      append("t", 0, 1);

      assertThat(rig.arrived(leaving)).endsWith("$left u", "t=0");
      assertThat(rig.arrived(other)).endsWith("t=0");
    }

    @Test
    void areCaughtUpFirst() {
      MemoryLink joining = rig.connect("t");
      MemoryLink other = rig.connect("t", "u");
      Session session = rig.session(joining);
      rig.transport.run();

      session.connection().loop().execute(() -> session.join("u", null, null));
      append("t", 0, 1);

      assertThat(rig.arrived(joining)).endsWith("$joined u (0,0]", "$sync 0", "t=0");
      assertThat(rig.arrived(other)).endsWith("t=0");
    }

    @Test
    void joinWhatTheyWaitedToJoinAfterASharedMessage() {
      MemoryLink joining = rig.connect("t");
      MemoryLink other = rig.connect("t", "u");
      Session session = rig.session(joining);
      rig.transport.run();

      TopicStart start = TopicStart.of(rig.log, 1, "u", null);
      session.connection().loop().execute(() -> session.join(start, null, 1, () -> {}));
      append("t", 0, 1);

      assertThat(rig.arrived(joining)).endsWith("t=0", "$joined u (1,1]", "$sync 1");
      assertThat(rig.arrived(other)).endsWith("t=0");
    }

    @Test
    void shareNothingThatWasDroppedBetweenTwoSlices() {
      List<MemoryLink> links = connect(form, Shard.SLICE_SESSIONS + 10, "t");
      rig.log.append("t", Rig.json("t", 0));

      rig.transport.runTask(0);
      rig.log.drop("t");
      rig.transport.run();

      List<MemoryLink> late = links.stream().filter(link -> link.writes() == 0).toList();
      assertThat(late).hasSize(10);
      late.forEach(link -> assertThat(rig.arrived(link)).isEmpty());
    }

    @Test
    void waitForAFrameThatIsMadeElsewhereInItsPlace() {
      Queue<Runnable> encodings = new ArrayDeque<>();
      rig.encodings = encodings::add;
      WireForm slow =
          new WireForm() {
            @Override
            public byte[] encode(byte[] json) {
              return LinkOptions.FRAMES.encode(json);
            }

            @Override
            public boolean isSlow(byte[] json) {
              return json.length > 1_000;
            }
          };
      List<MemoryLink> links = connect(slow, 3, "t");
      links.get(1).read(300);
      String large = "x".repeat(1_000);

      for (int i = 0; i < 3; i++) {
        append("t", 3 * i, 3 * i + 1);
        rig.log.append("t", Rig.json("t", large));
        append("t", 3 * i + 2, 3 * i + 3);
      }
      while (!encodings.isEmpty()) {
        encodings.remove().run();
        rig.transport.run();
      }
      links.get(1).resume();
      while (!encodings.isEmpty()) {
        encodings.remove().run();
        rig.transport.run();
      }

      String[] all = {
        "t=0", "t=" + large, "t=2", "t=3", "t=" + large, "t=5", "t=6", "t=" + large, "t=8"
      };
      links.forEach(link -> assertThat(rig.arrived(link)).containsExactly(all));
    }

    @Test
    void continueWhereTheirLinksCutAFrame() {
      MemoryLink whole = connect(form, 1, "t").get(0);
      append("t", 0, 3);
      int bytes = String.join("", whole.received()).length() + 3 * 4;
      for (int read = 0; read <= bytes; read++) {
        List<MemoryLink> links = connect(form, 2, "u" + read);
        links.get(0).read(read);
        append("u" + read, 0, 3);
        append("u" + read, 3, 4);

        links.get(0).resume();

        assertThat(rig.arrived(links.get(0))).isEqualTo(rig.arrived(links.get(1))).hasSize(4);
        links.forEach(MemoryLink::cut);
      }
    }

    @Test
    void areNotGivenTheRunOnceTheyAreAborted() {
      List<MemoryLink> links = connect(form, 3, "t");
      links.get(1).read(10);
      append("t", 0, 2);

      rig.with(links.get(1), session -> session.abort(DisconnectReason.NORMAL));
      rig.log.append("t", Rig.json("t", 2));
      links.get(1).resume();

      assertThat(rig.arrived(links.get(1))).containsExactly("t=0");
      assertThat(rig.arrived(links.get(0))).containsExactly("t=0", "t=1", "t=2");
    }

    private List<MemoryLink> connect(WireForm form, int count, String... topics) {
      Handshake.Builder handshake = Handshake.builder();
      List.of(topics).forEach(handshake::topic);
      LinkOptions options = LinkOptions.DEFAULT.withWireForm(form).withBufferBytes(1 << 17);
      return IntStream.range(0, count)
          .mapToObj(i -> rig.transport.connect(handshake.build(), options))
          .toList();
    }

    private void append(String topic, int from, int to) {
      for (int i = from; i < to; i++) {
        rig.log.append(topic, Rig.json(topic, i));
      }
      rig.transport.run();
    }
  }

  @Test
  void runThatALinkDoesNotReportOnIsTakenAgain() {
    TaskLoop loop = new TaskLoop();
    Counter counter = new Counter();
    counter.connect(loop, rig);
    counter.connect(loop, rig);
    loop.run();
    counter.reports = false;
    rig.log.append("$broadcast", Rig.json("$broadcast", 1));
    loop.run();
    int first = counter.bytes;

    counter.reports = true;
    rig.log.append("$broadcast", Rig.json("$broadcast", 2));
    loop.run();

    assertThat(counter.runs).isEqualTo(4);
    assertThat(counter.bytes).as("both messages").isEqualTo(2 * first);
  }

  @Test
  void deliveryAllocatesNothing() {
    long few = allocatedBytes(100);
    long many = allocatedBytes(1_100);

    assertThat(many).as("allocated for 1,000 deliveries more").isEqualTo(few);
  }

  /** Returns how much a publication to so many clients allocates once everything is in place. */
  private static long allocatedBytes(int clients) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    TaskLoop loop = new TaskLoop();
    Rig rig = new Rig();
    Counter counter = new Counter();
    for (int i = 0; i < clients; i++) {
      counter.connect(loop, rig);
    }
    loop.run();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 50; i++) { // the first ones grow arrays; the JVM may add some of its own
      byte[] json = Rig.json("$broadcast", 1);
      long before = threads.getCurrentThreadAllocatedBytes();
      rig.log.append("$broadcast", json);
      loop.run();
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(counter.runs).isEqualTo(50L * clients);
    return least;
  }

  /** Counts how often a message is encoded, and how often it is looked at to be copied. */
  private static final class Form implements WireForm {
    private final String end;
    private int encodings;
    private int copies;

    Form(String end) {
      this.end = end;
    }

    @Override
    public byte[] encode(byte[] json) {
      encodings++;
      return LinkOptions.FRAMES.encode((new String(json, UTF_8).strip() + end).getBytes(UTF_8));
    }

    @Override
    public boolean isSlow(byte[] json) {
      copies++;
      return false;
    }
  }

  /** Counts the runs of its links, which accept all of them. */
  private static final class Counter {
    private boolean reports = true;
    private long runs;
    private int bytes; // of the newest run

    void connect(Loop loop, Rig rig) {
      Side side = new Side();
      side.link = new Link(loop, WireForm.TEXT, LinkTimeouts.NONE, side);
      side.link.register(rig, Handshake.builder().build());
    }

    private final class Side implements PlatformConnection {
      private Link link;

      @Override
      public void flush() {
        ByteBuffer run = link.takeRun();
        if (run != null) {
          runs++;
          bytes = run.remaining();
          if (reports) {
            link.accepted(bytes);
          }
        }
      }

      @Override
      public void setReadEnabled(boolean enabled) {}

      @Override
      public void sendClose(DisconnectReason reason) {}

      @Override
      public void cut() {}
    }
  }

  private static final class TaskLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean schedule(Runnable task, long delayNanos) {
      return false;
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }
  }
}
