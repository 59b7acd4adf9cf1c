package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The results of {@code $join} and {@code $leave}. */
class JoinRequestTest {
  private static final String ID = "00ff00ff00ff00ff-0000000000000001";

  private final List<String> asked = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();
  private final Room room =
      room(
          Hub.builder()
              .maxTopicsPerClient(2)
              .authorizeJoins(
                  (client, topic) -> {
                    asked.add(topic);
                    if (topic.equals("broken")) {
                      throw new IllegalStateException("on purpose");
                    }
                    return !topic.equals("secret");
                  }));
  private final MemoryLink link = room.connect(opted());

  @Nested
  class Joins {
    @Test
    void thatAreAllowedFollowTheTopicAndAreAnsweredWithTheRef() {
      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\",\"ref\":\"r\"}}");
      room.run();
      room.publish("t", 0, 1);

      assertThat(room.arrived(link)).contains(0L);
      assertThat(Room.controls(link, "$joined").get(0))
          .asInstanceOf(InstanceOfAssertFactories.MAP)
          .containsEntry("topic", "t")
          .containsEntry("ref", "r");
      assertThat(room.client(link).topics()).containsExactly("t");
      assertThat(errors()).isEmpty();
    }

    @Test
    void areDoneInOrderWithTheMessagesOfTheClient() {
      room.hub.onMessage((client, message) -> asked.add("message " + client.topics()));

      link.send("{\"type\":\"A\"}");
      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\"}}");
      link.send("{\"type\":\"A\"}");
      link.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"t\"}}");
      link.send("{\"type\":\"A\"}");

      assertThat(asked).containsExactly("message []", "t", "message [t]", "message []");
    }

    @Test
    void thatTheHookRefusesAreForbidden() {
      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"secret\",\"ref\":1}}");

      assertThat(errors()).containsExactly("1 forbidden");
      assertThat(room.client(link).topics()).isEmpty();
    }

    @Test
    void withoutAHookAreForbidden() {
      Room closed = new Room();
      MemoryLink other = closed.connect(opted().topic("t"));

      other.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\",\"ref\":1}}");
      closed.run();

      assertThat(errors(other)).containsExactly("1 forbidden");
    }

    @Test
    void atWhichTheHookFailsAreInternalAndCounted() {
      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"broken\",\"ref\":1}}");
      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\",\"ref\":2}}");

      assertThat(errors()).containsExactly("1 internal");
      assertThat(room.hub.stats().failedCallbacks()).isEqualTo(1);
      assertThat(room.client(link).topics()).containsExactly("t");
    }

    @Test
    void shareTheLimitWithTheHandshakeAndTheServer() {
      MemoryLink full = room.connect(opted().topic("a"));
      room.client(full).join("b");

      full.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"c\",\"ref\":1}}");
      full.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"b\",\"ref\":2}}");
      full.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"a\"}}");
      full.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"c\",\"ref\":3}}");
      room.run();

      assertThat(errors(full)).containsExactly("1 too_many_topics");
      assertThat(room.client(full).topics()).containsExactlyInAnyOrder("b", "c");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "null",
          "[]",
          "{}",
          "{\"topic\":1}",
          "{\"topic\":\"\"}",
          "{\"topic\":\"$user:ann\"}",
          "{\"topic\":\"t\",\"after\":1}",
          "{\"topic\":\"t\",\"after\":\"latest\"}",
          "{\"topic\":\"t\",\"ref\":1.5}",
        })
    void thatCannotBeReadAreInvalid(String payload) {
      link.send("{\"type\":\"$join\",\"payload\":" + payload + "}");

      assertThat(errors()).containsExactly("null invalid");
      assertThat(asked).isEmpty();
      assertThat(texts).as("it is a request all the same").isEmpty();
    }

    @Test
    void ofATopicWhoseNameIsTooLongAreInvalid() {
      String longest = "é".repeat(127) + "t";

      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"" + longest + "\",\"ref\":1}}");
      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"" + longest + "t\",\"ref\":2}}");

      assertThat(errors()).containsExactly("2 invalid");
      assertThat(asked).containsExactly(longest);
    }

    @Test
    void thatNameAnIdAreSentWhatCameAfterItFirst() {
      room.publish("t", 0, 1);
      String seen = room.hub.lastId();
      room.publish("t", 1, 3);

      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\",\"after\":\"" + seen + "\"}}");
      room.run();
      room.publish("t", 3, 4);

      assertThat(room.arrived(link)).containsExactly("$hello", "$joined", 1L, 2L, "$sync", 3L);
    }

    @Test
    void ofATopicThatIsFollowedAlreadyAreAnsweredAndChangeNothing() {
      MemoryLink follower = room.connect(opted().topic("t"));

      follower.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\",\"ref\":9}}");
      room.run();
      room.publish("t", 0, 1);

      assertThat(room.arrived(follower)).containsExactly("$hello", "$joined", "$sync", 0L);
      assertThat(Room.controls(follower, "$joined").get(0))
          .asInstanceOf(InstanceOfAssertFactories.MAP)
          .containsEntry("ref", 9L);
    }

    @Test
    void ofClientsThatAskedForNoControlMessagesAreIgnoredAndCounted() {
      MemoryLink plain = room.connect();

      plain.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\"}}");

      assertThat(room.arrived(plain)).isEmpty();
      assertThat(room.client(plain).topics()).isEmpty();
      assertThat(room.hub.stats().ignored()).isEqualTo(1);
      assertThat(texts).hasSize(1);
    }
  }

  @Nested
  class Leaves {
    @Test
    void areAnsweredAlsoIfTheTopicWasNotFollowed() {
      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\"}}");
      room.run();

      link.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"t\",\"ref\":1}}");
      link.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"u\",\"ref\":2}}");
      room.run();
      room.publish("t", 0, 1);

      assertThat(room.arrived(link)).doesNotContain(0L);
      assertThat(Room.controls(link, "$left"))
          .containsExactly(Map.of("topic", "t", "ref", 1L), Map.of("topic", "u", "ref", 2L));
    }

    @Test
    void ofNoTopicAreInvalid() {
      link.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"$broadcast\",\"ref\":1}}");

      assertThat(errors()).containsExactly("1 invalid");
    }
  }

  @Nested
  class FromTheServer {
    @Test
    void anIdToStartBehindHasToBeOne() {
      Client client = room.client(link);

      assertThatIllegalArgumentException().isThrownBy(() -> client.join("t", "latest"));
      assertThatIllegalArgumentException().isThrownBy(() -> client.join("$t", ID));
      assertThat(client.join("t", ID)).isTrue();
      assertThat(client.join("t", ID)).isTrue();
    }

    @Test
    void aClientThatIsGoneJoinsNothing() {
      Client client = room.client(link);
      link.cut();

      assertThat(client.join("t")).isFalse();
      assertThat(client.join("t", ID)).isFalse();
      assertThat(client.topics()).isEmpty();
    }
  }

  private static Handshake.Builder opted() {
    return Handshake.builder().controlMessages(true);
  }

  private Room room(HubBuilder options) {
    Room made = new Room(options);
    made.hub.addListener(
        new HubListener() {
          @Override
          public void onText(Client client, String text) {
            texts.add(text);
          }
        });
    return made;
  }

  /** Returns the ref and the code of every error. */
  private List<String> errors() {
    room.run();
    return errors(link);
  }

  private static List<String> errors(MemoryLink link) {
    return Room.controls(link, "$error").stream()
        .map(error -> ((Map<?, ?>) error).get("ref") + " " + ((Map<?, ?>) error).get("code"))
        .toList();
  }
}
