package io.github.signalhub.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatchUpTest {
  private final Rig rig = new Rig(topic -> Rig.stream(topic.startsWith("few") ? 3 : 1_000));

  @Nested
  class Joins {
    @Test
    void fromNowOnBeginWithAnEmptyCatchUpAndSendNothingOlder() {
      rig.publish("t", 0, 3);
      MemoryLink link = rig.connect();

      rig.join(link, "t", null);
      rig.publish("t", 3, 5);

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined t (3,3]", "$sync 3", "t=3", "t=4");
    }

    @Test
    void fromNowOnOfAClientThatIsBehindBeginsWhereItIs() {
      MemoryLink link = rig.connect("u");
      rig.publish("t", 0, 1); // 1
      link.stall();
      rig.publish("u", 0, 1); // 2
      rig.publish("t", 1, 3); // 3, 4
      rig.join(link, "t", null);

      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined t (1,1]", "$sync 1", "u=0", "t=1", "t=2");
    }

    @Test
    void behindAnOlderIdSendTheTopicAloneThenWhatIsLive() {
      MemoryLink link = rig.connect("u");
      rig.publish("t", 0, 2);
      rig.publish("u", 0, 2);
      link.read(1); // of the next frame
      rig.publish("u", 2, 4); // 5 is in transit, 6 waits
      rig.publish("t", 2, 4); // 7 and 8 are live

      rig.join(link, "t", Rig.id(1));
      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "u=0",
              "u=1",
              "u=2",
              "$joined t (1,5]",
              "t=1",
              "$sync 5",
              "u=3",
              "t=2",
              "t=3");
    }

    @Test
    void waitForEachOtherAndAllEndWhereTheClientIs() {
      MemoryLink link = rig.connect("u");
      rig.publish("a", 0, 2);
      rig.publish("b", 0, 2);
      rig.publish("u", 0, 1); // 5
      link.stall();
      rig.publish("u", 1, 2);

      rig.join(link, "a", Rig.id(0));
      rig.join(link, "b", Rig.id(0));
      rig.join(link, "c", null);
      rig.publish("a", 2, 3);
      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "u=0",
              "$joined a (0,5]",
              "a=0",
              "a=1",
              "$sync 5",
              "$joined b (0,5]",
              "b=0",
              "b=1",
              "$sync 5",
              "$joined c (5,5]",
              "$sync 5",
              "u=1",
              "a=2");
    }

    @Test
    void bearTheRefThatTheyWereAskedWith() {
      MemoryLink link = rig.connect();

      rig.with(link, session -> session.join("t", null, "first"));
      rig.with(link, session -> session.leave("t", 2L));

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined t (0,0] ref first", "$sync 0", "$left t ref 2");
    }

    @Test
    void ofATopicThatIsFollowedAlreadySendNothing() {
      MemoryLink link = rig.connect("t");
      rig.publish("t", 0, 2);

      rig.with(link, session -> session.join("t", StartId.parse(Rig.id(0)), 7L));

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "t=0", "t=1", "$joined t (2,2] ref 7", "$sync 2");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "x",
          "0000000000000000-0000000000000001",
          "00ff00ff00ff00ff-0000000000000099"
        })
    void behindAnIdThatIsNotOfThisHubAreAGap(String after) {
      MemoryLink link = rig.connect();
      rig.publish("t", 0, 2);

      rig.join(link, "t", after);
      rig.publish("t", 2, 3);

      assertThat(rig.arrived(link).stream().map(text -> text.replace("99", "?")))
          .containsExactly("$hello", "$joined t (?,2]", "$gap t (?,3)", "$sync 2", "t=2");
      assertThat(link.received().get(2)).contains(after);
    }

    @Test
    void behindAnIdThatTheClientHasNotReachedSendItsTopicFromWhereTheClientIs() {
      MemoryLink link = rig.connect("u");
      link.stall();
      rig.publish("u", 0, 1);
      rig.publish("t", 0, 3);

      rig.join(link, "t", Rig.id(3));
      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined t (0,0]", "$sync 0", "u=0", "t=0", "t=1", "t=2");
    }

    @Test
    void behindWhatIsGoneTellTheGapAndSendTheRest() {
      MemoryLink link = rig.connect();
      rig.publish("few", 0, 6);

      rig.join(link, "few", Rig.id(1));

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$joined few (1,6]",
              "$gap few (1,4)",
              "few=3",
              "few=4",
              "few=5",
              "$sync 6");
    }

    @Test
    void ofAPlainClientSendTheMessagesAlone() {
      MemoryLink link = rig.transport.connect(Handshake.builder().build());
      rig.publish("t", 0, 2);

      rig.join(link, "t", Rig.id(0));
      rig.join(link, "t", null);
      rig.publish("t", 2, 3);
      rig.leave(link, "t");
      rig.publish("t", 3, 4);

      assertThat(rig.arrived(link)).containsExactly("t=0", "t=1", "t=2");
    }

    @Test
    void ofAPlainClientBehindWhatIsGoneCloseIt() {
      MemoryLink link = rig.transport.connect(Handshake.builder().build());
      rig.publish("few", 0, 6);

      rig.join(link, "few", Rig.id(1));

      assertThat(rig.arrived(link)).isEmpty();
      assertThat(link.closeReason()).contains(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void ofAnEndedSessionDoNothing() {
      MemoryLink link = rig.connect();
      Session session = rig.session(link);
      link.cut();

      session.join("t", null, null);
      session.leave("t", null);

      assertThat(rig.log.find("t")).isEmpty();
    }
  }

  @Nested
  class Evictions {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void inTheMiddleAreToldWhereTheyBegin(int read) {
      MemoryLink link = rig.connect();
      rig.publish("few", 0, 3);
      int joined = joined("$joined few (0,3]", "few");
      link.read(joined + read * message("few") - (read > 0 ? 1 : 0));

      rig.join(link, "few", Rig.id(0));
      rig.publish("few", 3, 8);
      link.resume();

      List<String> expected = new ArrayList<>(List.of("$hello", "$joined few (0,3]"));
      for (int n = 0; n < read; n++) {
        expected.add("few=" + n);
      }
      expected.add("$gap few (" + read + ",6)");
      expected.add("$sync 3");
      expected.addAll(List.of("few=5", "few=6", "few=7"));
      assertThat(rig.arrived(link)).isEqualTo(expected);
    }
  }

  @Nested
  class Leaving {
    @Test
    void inTheMiddleEndsTheCatchUpAndNothingOfTheTopicFollows() {
      MemoryLink link = rig.connect();
      rig.publish("t", 0, 3);
      link.read(joined("$joined t (0,3]", "t") + 1);
      rig.join(link, "t", Rig.id(0));

      rig.leave(link, "t");
      rig.broadcast(0, 1);
      link.resume();
      rig.publish("t", 3, 4);

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined t (0,3]", "t=0", "$left t", "$sync 3", "=0");
    }

    @Test
    void inTheMiddleEndsTheCatchUpAlsoIfTheTopicWasJoinedAgain() {
      MemoryLink link = rig.connect();
      rig.publish("t", 0, 3);
      link.read(joined("$joined t (0,3]", "t") + 1);
      rig.join(link, "t", Rig.id(0));
      rig.with(link, session -> session.join("t", StartId.parse(Rig.id(0)), 2L));
      rig.with(link, session -> session.join("t", null, 3L));

      rig.with(link, session -> session.leave("t", 4L));
      link.resume();
      rig.publish("t", 3, 4);

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$joined t (0,3]",
              "t=0",
              "$error left ref 2",
              "$error left ref 3",
              "$left t ref 4",
              "$sync 3");
    }

    @Test
    void takesEffectBeforeWhatIsPublishedAfterIt() {
      MemoryLink link = rig.connect("t", "u");
      Session session = rig.session(link);
      rig.log.append("u", Rig.json("u", 0)); // the loop is about to write

      session.change(() -> session.leave("t", null));
      rig.log.append("t", Rig.json("t", 0));

      assertThat(rig.arrived(link)).containsExactly("$hello", "$left t", "u=0");
    }

    @Test
    void leavesTheGapThatWasFoundBeforeIt() {
      MemoryLink link = rig.connect();
      rig.publish("few", 0, 3);
      link.read(1);
      rig.with(link, session -> session.control(ControlMessage.ack(1L, null)));
      rig.join(link, "few", Rig.id(0));
      link.read(1); // the answer to the join waits after the rest of the first answer
      rig.publish("few", 3, 8);
      link.read(1); // and after it, the end of an empty catch-up

      rig.leave(link, "few");
      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$ack ref 1",
              "$joined few (0,1]",
              "$gap few (0,6)",
              "$sync 1",
              "$left few");
    }

    @Test
    void beforeItsTurnRefusesTheJoinsAndSendsNothing() {
      MemoryLink link = rig.connect();
      rig.publish("a", 0, 1);
      rig.publish("b", 0, 1);
      link.read(1); // of $joined; the catch-up of a is running
      rig.join(link, "a", Rig.id(0));

      rig.with(link, session -> session.join("b", StartId.parse(Rig.id(0)), 1L));
      rig.with(link, session -> session.join("b", null, 2L));
      rig.with(link, session -> session.leave("b", 3L));
      rig.with(link, session -> session.join("b", StartId.parse(Rig.id(0)), 4L));
      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$joined a (0,2]",
              "$error left ref 1",
              "$error left ref 2",
              "$left b ref 3",
              "a=0",
              "$sync 2",
              "$joined b (0,2] ref 4",
              "b=0",
              "$sync 2");
      assertThat(link.received().get(2))
          .isEqualTo(
              "{\"type\":\"$error\",\"payload\":{\"ref\":1,\"code\":\"left\","
                  + "\"reason\":\"the topic was left before it was joined\"}}");
    }

    @Test
    void beforeTheLinkTookAnythingRefusesTheJoinThoughTheLinkAskedWhetherAnythingIsLeft() {
      MemoryLink link = rig.connect();
      rig.publish("a", 0, 1);
      link.stall();
      rig.with(link, session -> session.join("a", StartId.parse(Rig.id(0)), 1L));

      rig.with(link, session -> assertThat(session.outbound().isEmpty()).isFalse());
      rig.with(link, session -> session.leave("a", 2L));
      link.resume();

      assertThat(rig.arrived(link)).containsExactly("$hello", "$error left ref 1", "$left a ref 2");
      rig.with(link, session -> assertThat(session.outbound().isEmpty()).isTrue());
    }

    @Test
    void whatIsNotFollowedIsAnsweredAllTheSame() {
      MemoryLink link = rig.connect();

      rig.leave(link, "t");

      assertThat(rig.arrived(link)).containsExactly("$hello", "$left t");
    }
  }

  @Nested
  class Starts {
    @Test
    void ofTheirOwnAreCaughtUpFirst() {
      rig.publish("a", 0, 2);
      rig.publish("b", 0, 2);
      rig.broadcast(0, 1);

      MemoryLink link =
          rig.connect(Handshake.builder().after(Rig.id(3)).topic("a", Rig.id(1)).topic("b"));

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined a (1,3]", "a=1", "$sync 3", "b=1", "=0");
      assertThat(Rig.payload(link, 0))
          .containsEntry("resumed", true)
          .containsEntry("catchUps", Map.of("a", Rig.id(1)));
    }

    @Test
    void thatAreNoIdsAreToldAsGapsAndNamedAsTheyCame() {
      rig.publish("a", 0, 2);

      MemoryLink link = rig.connect(Handshake.builder().after(Rig.id(2)).topic("a", "no\"id"));

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined a (?,2]", "$gap a (?,3)", "$sync 2");
      assertThat(Rig.payload(link, 0))
          .containsEntry("resumed", false)
          .containsEntry("catchUps", Map.of("a", "no\"id"));
    }

    @Test
    void ofAClientThatAskedForNoControlMessagesBringItGapsAlone() {
      rig.publish("few", 0, 6);

      MemoryLink link = rig.transport.connect(Handshake.builder().topic("few", Rig.id(1)).build());

      assertThat(rig.arrived(link)).containsExactly("$gap few (1,4)", "few=3", "few=4", "few=5");
    }

    @Test
    void leaveHellosWithoutThemAsTheyWere() {
      MemoryLink link = rig.connect("t");

      assertThat(Rig.payload(link, 0))
          .doesNotContainKey("catchUps")
          .containsEntry("syncMs", 15_000L);
    }
  }

  @Nested
  class Cuts {
    /** Cuts the link after every byte of a catch-up, and resumes as the protocol says. */
    @Test
    void atAnyByteLoseNothingAndRepeatNothing() {
      int cuts = 0;
      boolean whole = false;
      while (!whole) {
        Rig cut = new Rig();
        MemoryLink before = cut.connect("u");
        cut.publish("t", 0, 3);
        cut.publish("u", 0, 1);
        cut.transport.run();
        before.read(cuts++);
        cut.join(before, "t", Rig.id(1));
        cut.publish("u", 1, 2);
        cut.publish("t", 3, 4);
        Follower client = new Follower();
        before.received().forEach(client::receive);
        whole = client.messages.contains("t=3");
        before.cut();
        cut.publish("t", 4, 5);

        MemoryLink after = cut.connect(client.comeBack());
        cut.publish("u", 2, 3);
        after.received().forEach(client::receive);

        assertThat(client.messages)
            .as("cut after %d bytes", cuts - 1)
            .filteredOn(message -> message.startsWith("t"))
            .containsExactlyElementsOf(
                client.asked ? List.of("t=1", "t=2", "t=3", "t=4") : List.of());
        assertThat(client.messages)
            .filteredOn(message -> message.startsWith("u"))
            .containsExactly("u=0", "u=1", "u=2");
      }
      assertThat(cuts).isGreaterThan(400);
    }
  }

  /** A client that follows the protocol, with its resume point and its position in a catch-up. */
  private static final class Follower {
    final List<String> messages = new ArrayList<>();
    boolean asked;
    private String resumePoint;
    private String catchingUp;
    private String gotTo;

    void receive(String text) {
      Map<String, Object> message = Rig.parse(text);
      Map<?, ?> payload = message.get("payload") instanceof Map<?, ?> map ? map : Map.of();
      switch ((String) message.get("type")) {
        case "$hello" -> resumePoint = (String) payload.get("id");
        case "$joined" -> {
          asked = true;
          catchingUp = (String) payload.get("topic");
          gotTo = (String) payload.get("after");
          assertThat(payload.get("upTo")).isEqualTo(resumePoint);
        }
        case "$sync" -> {
          catchingUp = null;
          resumePoint = (String) payload.get("id");
        }
        default -> {
          String id = (String) message.get("id");
          messages.add(Rig.inShort(text));
          if (catchingUp == null) {
            assertThat(id).isGreaterThan(resumePoint);
            resumePoint = id;
          } else {
            assertThat(message.get("topic")).isEqualTo(catchingUp);
            assertThat(id).isGreaterThan(gotTo);
            gotTo = id;
          }
        }
      }
    }

    Handshake.Builder comeBack() {
      Handshake.Builder handshake = Handshake.builder().topic("u").after(resumePoint);
      if (catchingUp != null) {
        handshake.topic(catchingUp, gotTo);
      } else if (asked) {
        handshake.topic("t");
      }
      return handshake;
    }
  }

  /** Returns the bytes on a link of a message with a digit as payload. */
  private static int message(String topic) {
    return 4 + Rig.json(topic, 1).length;
  }

  /** Returns the bytes on a link of a {@code $joined} without a ref. */
  private static int joined(String inShort, String topic) {
    String json =
        "{\"type\":\"$joined\",\"payload\":{\"topic\":\"%s\",\"after\":\"%s\",\"upTo\":\"%s\"}}"
            .formatted(topic, Rig.id(0), Rig.id(3));
    assertThat(Rig.inShort(json)).isEqualTo(inShort);
    return 4 + json.length();
  }
}
