package io.github.signalhub.redis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.redis.RedisProcess;
import io.github.signalhub.redis.internal.link.RedisLink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

/** The rules that all nodes share, each by itself, on a real server. */
class ScriptsIT {
  private static final long STEP = 1L << 36;

  private final HubKeys keys = new HubKeys("scripts");
  private RedisProcess redis;
  private RedisLink link;
  private Scripts scripts;

  @BeforeEach
  void startRedis() throws Exception {
    redis = RedisProcess.start("--appendonly", "yes", "--appendfsync", "always");
    connect();
  }

  @AfterEach
  void endRedis() throws Exception {
    link.close();
    redis.close();
  }

  private void connect() {
    link =
        new RedisLink(
            HostAndPort.from(redis.address()),
            DefaultJedisClientConfig.builder().serverDefaultProtocol().build());
    scripts = Scripts.load(link);
  }

  /** Kills Redis, and starts it again with all that it had. */
  private void restart() throws Exception {
    link.close();
    redis.kill();
    redis.restart();
    connect();
  }

  private Object join(String mode, String epoch, long known, String fresh) {
    return link.call(
        Command.EVALSHA,
        scripts.join(),
        3,
        keys.hub(),
        keys.topics(),
        keys.nodes() + "node",
        mode,
        epoch,
        known,
        fresh,
        "node-" + fresh,
        HubKeys.VERSION,
        "format",
        keys.streams(),
        keys.sequences(),
        keys.tables());
  }

  private Position joined(String mode, String epoch, long known, String fresh) {
    return Position.of(join(mode, epoch, known, fresh));
  }

  private String publish(
      String epoch, String node, long first, long previous, String... kindsTopicsKeysBodies) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                scripts.publish(),
                4,
                keys.hub(),
                keys.streams() + epoch,
                keys.sequences() + epoch,
                keys.topics(),
                epoch,
                node,
                first,
                previous,
                1_000,
                0,
                keys.tables()));
    all.addAll(List.of(kindsTopicsKeysBodies));
    List<?> answer = (List<?>) link.call(Command.EVALSHA, all.toArray());
    String outcome = Answer.text(answer, 0);
    return answer.size() == 1
        ? outcome
        : outcome + " " + Answer.number(answer, 1) + " " + Answer.number(answer, 2);
  }

  private static String[] message(String... bodies) {
    List<String> all = new ArrayList<>();
    for (String body : bodies) {
      all.addAll(List.of("message", "topic", "", body));
    }
    return all.toArray(String[]::new);
  }

  private List<String> bodies(String epoch) {
    List<String> bodies = new ArrayList<>();
    for (Object each : (List<?>) link.call(Command.XRANGE, keys.streams() + epoch, "-", "+")) {
      StreamEntry entry = StreamEntry.of(each);
      bodies.add(entry.offset() + " " + (entry.isEnd() ? "end" : new String(entry.body())));
    }
    return bodies;
  }

  @Nested
  class Publish {
    @Test
    void givesOffsetsWithoutAHole() {
      joined("join", "", 0, "e1");

      assertThat(publish("e1", "a", 1, 0, message("1", "2"))).isEqualTo("ok 2 2");
      assertThat(publish("e1", "b", 1, 0, message("3"))).isEqualTo("ok 1 3");
      assertThat(bodies("e1")).containsExactly("1 1", "2 2", "3 3");
    }

    @Test
    void dropsWhatIsThereAlready() {
      joined("join", "", 0, "e1");
      publish("e1", "a", 1, 0, message("1", "2"));

      assertThat(publish("e1", "a", 1, 0, message("1", "2", "3"))).isEqualTo("ok 1 3");
      assertThat(publish("e1", "a", 1, 0, message("1"))).isEqualTo("ok 0 3");
      assertThat(bodies("e1")).containsExactly("1 1", "2 2", "3 3");
    }

    @Test
    void refusesABatchThatOvertakesAnother() {
      joined("join", "", 0, "e1");
      publish("e1", "a", 1, 0, message("1"));

      assertThat(publish("e1", "a", 3, 2, message("3"))).isEqualTo("hole");
      assertThat(bodies("e1")).containsExactly("1 1");
    }

    @Test
    void refusesAnotherEpoch() {
      joined("join", "", 0, "e1");
      joined("begin", "e1", 0, "e2");

      assertThat(publish("e1", "a", 1, 0, message("1"))).isEqualTo("another");
      assertThat(publish("e2", "a", 1, 0, message("1"))).isEqualTo("ok 1 " + (STEP + 1));
    }

    @Test
    void refusesTheEpochAfterTheServerWasRestarted() throws Exception {
      joined("join", "", 0, "e1");
      restart();

      assertThat(publish("e1", "a", 1, 0, message("1"))).isEqualTo("another");
    }

    @Test
    void refusesTheEpochAfterAReplicaBecameTheMaster() throws Exception {
      joined("join", "", 0, "e1");
      redis.call("REPLICAOF", "127.0.0.1", 1);
      redis.call("REPLICAOF", "NO", "ONE");

      assertThat(publish("e1", "a", 1, 0, message("1"))).isEqualTo("another");
    }
  }

  @Nested
  class Join {
    @Test
    void beginsAtNothing() {
      Position position = joined("join", "", 0, "e1");

      assertThat(position.epoch()).isEqualTo("e1");
      assertThat(position.by()).isEqualTo("node-e1");
      assertThat(List.of(position.base(), position.last(), position.first()))
          .containsExactly(0L, 0L, 1L);
    }

    @Test
    void tellsWhereAHubIs() {
      joined("join", "", 0, "e1");
      publish("e1", "a", 1, 0, message("1", "2"));

      Position position = joined("join", "", 0, "e2");

      assertThat(position.epoch()).isEqualTo("e1");
      assertThat(List.of(position.base(), position.last(), position.first()))
          .containsExactly(0L, 2L, 1L);
    }

    @Test
    void beginsAboveAllThatTheServerKnowsAfterARestart() throws Exception {
      joined("join", "", 0, "e1");
      publish("e1", "a", 1, 0, message("1", "2"));
      restart();
      assertThat(Answer.text(join("look", "e1", 2, "e2"), 0)).isEqualTo("another");

      Position position = joined("join", "e1", 2, "e2");

      assertThat(position.epoch()).isEqualTo("e2");
      assertThat(List.of(position.base(), position.last(), position.first()))
          .containsExactly(STEP, STEP, STEP + 1);
      assertThat(bodies("e1")).containsExactly("1 1", "2 2", STEP + " end");
    }

    @Test
    void beginsAboveAllThatTheNodeKnows() {
      joined("join", "", 0, "e1");
      publish("e1", "a", 1, 0, message("1"));

      assertThat(joined("join", "e1", STEP + 5, "e2").base()).isEqualTo(2 * STEP);

      redis.call("FLUSHALL");
      scripts = Scripts.load(link);

      assertThat(joined("join", "e2", 5 * STEP, "e3").base()).isEqualTo(6 * STEP);
    }

    @Test
    void placesTheRowsAnewWithTheirTime() {
      joined("join", "", 0, "e1");
      publish("e1", "a", 1, 0, "row", "stock", "apple", "1", "row", "stock", "pear", "2");
      publish("e1", "a", 3, 2, "deletion", "stock", "pear", "gone");
      Object entries = link.call(Command.XRANGE, keys.streams() + "e1", "-", "+");
      long millis = StreamEntry.of(((List<?>) entries).get(0)).millis();

      Position position = joined("begin", "e1", 3, "e2");

      assertThat(position.last()).isEqualTo(STEP + 1);
      assertThat(bodies("e2")).containsExactly((STEP + 1) + " 1");
      assertThat(redis.call("HGETALL", keys.tables() + "stock"))
          .isEqualTo(List.of("apple", (STEP + 1) + " " + millis + " 1"));
    }
  }
}
