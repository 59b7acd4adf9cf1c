package io.github.signalhub.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.signalhub.spi.Backbone.At;
import io.github.signalhub.spi.Backbone.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start that cannot succeed fails with one sentence, which says what to do. */
class StartIT {
  private static final String SECRET = "s3cret-word";

  private RedisProcess redis;

  @BeforeEach
  void startRedis() throws Exception {
    redis = RedisProcess.start();
  }

  @AfterEach
  void endRedis() throws Exception {
    redis.close();
  }

  private RedisBackboneBuilder options() {
    return Node.options(redis).startTimeout(Duration.ZERO);
  }

  private static void assertRefused(RedisBackboneBuilder options, String... words) {
    assertThatIOException()
        .isThrownBy(() -> Node.start(options).close())
        .withMessageContainingAll(words)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET).doesNotContain("\n"));
  }

  @Nested
  class Passwords {
    @Test
    void thatAreWrongAreNotTriedAgain() {
      redis.call("CONFIG", "SET", "requirepass", "another");

      assertRefused(
          options().startTimeout(Duration.ofMinutes(1)).credentials("", SECRET),
          redis.address(),
          "refuses the user or the password",
          "set credentials");
    }

    @Test
    void thatAreMissingAreAskedFor() {
      redis.call("CONFIG", "SET", "requirepass", "another");

      assertRefused(options(), "refuses the user or the password", "set credentials");
    }

    @Test
    void thatAreNotExpectedAreNamed() {
      assertRefused(options().credentials("", SECRET), "refuses the user or the password");
    }

    @Test
    void mayStandInTheUrl() throws Exception {
      redis.call("ACL", "SETUSER", "hub", "on", ">a:b/c@", "~*", "+@all");
      String url = "redis://hub:a%3Ab%2Fc%40@" + redis.address() + "/3";

      try (Node node = Node.start(RedisBackbone.builder().url(url).hub("orders"))) {
        node.publish("text").get(30, TimeUnit.SECONDS);

        assertThat(node.sink.bodies()).containsExactly("text");
        assertThat(redis.call("EXISTS", "sh:{orders}:hub")).isEqualTo(0L); // not in database 0
      }
    }
  }

  @Nested
  class Rights {
    private static final String NEEDED =
        "+evalsha +script|load +info +time +xadd +xrange +xread +xtrim +hset +hget +hmget +hgetall"
            + " +hdel +hscan +sadd +srem +smembers +exists +expire +del +get +set +rpush +lpop +llen";

    private void allow(String keys, String rights) {
      List<Object> rule = new ArrayList<>(List.of("SETUSER", "hub", "on", ">" + SECRET, keys));
      rule.addAll(List.of(rights.split(" ")));
      redis.call("ACL", rule.toArray());
    }

    @Test
    void thatARefusalNamesSuffice() throws Exception {
      allow("~sh:{orders}:*", NEEDED);

      try (Node a = Node.start(options().credentials("hub", SECRET))) {
        a.row("stock", "apple", "1");
        a.publish(Kind.REMOVAL, "stock", "", 0, "");
        assertThat(a.row("stock", "pear", "2").get(30, TimeUnit.SECONDS)).isInstanceOf(At.class);
        redis.call("DEL", "sh:{orders}:hub");
        RedisProcess.await(() -> a.sink.restarts().size() == 2);
        a.reach();
        assertThat(a.sink.rows()).containsExactly("stock/pear=2");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "evalsha", "script|load", "info", "time", "xadd", "xrange", "xread", "xtrim", "hset",
          "hget", "hmget", "hgetall", "hdel", "hscan", "sadd", "srem", "smembers", "exists",
          "expire", "del", "get", "set", "rpush", "lpop", "llen"
        })
    void thatAreMissingAreNamed(String right) {
      allow("~sh:{orders}:*", (NEEDED + " ").replace("+" + right + " ", "").strip());

      assertRefused(
          options().credentials("hub", SECRET),
          redis.address(),
          "forbids the user 'hub' what the hub needs",
          "ACL SETUSER hub ~sh:{orders}:* " + NEEDED);
    }

    @Test
    void onOtherKeysAreNotEnough() {
      allow("~other:*", NEEDED);

      assertRefused(
          options().credentials("hub", SECRET), "forbids the user 'hub'", "~sh:{orders}:*");
    }
  }

  @Nested
  class Servers {
    @Test
    void thatAreReplicasAreNotUsed() throws Exception {
      try (RedisProcess replica =
          RedisProcess.start("--replicaof", "127.0.0.1", String.valueOf(redis.port()))) {
        assertRefused(
            RedisBackbone.builder()
                .servers(replica.address())
                .hub("orders")
                .startTimeout(Duration.ZERO),
            "expected a master at " + replica.address() + ", was a replica",
            "name the master's address, or the sentinels");
      }
    }

    @Test
    void thatDoNotRunAreNamed() {
      redis.kill();

      assertRefused(options(), "cannot use Redis at " + redis.address(), "check the address");
    }

    @Test
    void mayBeStartedALittleLater() throws Exception {
      redis.kill();
      Thread later =
          new Thread(
              () -> {
                try {
                  Thread.sleep(300);
                  redis.restart();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      later.start();

      try (Node node = Node.start(options().startTimeout(Duration.ofSeconds(30)))) {
        later.join();
        assertThat(node.sink.restarts()).hasSize(1);
      }
    }

    @Test
    void thatAreTooOldAreRefused() throws Exception {
      try (ServerSocket old = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        Thread answers = new Thread(() -> answerInfo(old, "# Server\r\nredis_version:6.0.16\r\n"));
        answers.start();

        assertRefused(
            RedisBackbone.builder()
                .servers("127.0.0.1:" + old.getLocalPort())
                .hub("orders")
                .startTimeout(Duration.ZERO),
            "expected Redis 6.2 or later",
            "was 6.0.16");
        answers.join();
      }
    }

    private static void answerInfo(ServerSocket server, String info) {
      try (Socket socket = server.accept()) {
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        while (!lines.readLine().equals("server")) {
          // the rest of the command INFO server
        }
        String answer = "$" + info.length() + "\r\n" + info + "\r\n";
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        while (lines.read() >= 0) {
          // until the client has gone
        }
      } catch (IOException e) {
        // the client has gone
      }
    }
  }

  @Nested
  class Hubs {
    @Test
    void ofAnotherFormatAreRefused() throws Exception {
      try (Node node = Node.start(options())) {
        RecordingSink other =
            new RecordingSink() {
              @Override
              public String format() {
                return "tables=stock";
              }
            };

        assertThatIOException()
            .isThrownBy(() -> Node.start(options(), other))
            .withMessageContainingAll(
                "hub 'orders'", "'tables=stock', was 'test'", "give all nodes the same settings");
        assertThat(node.sink.restarts()).hasSize(1);
        assertThat(other.restarts()).isEmpty();
      }
    }

    @Test
    void ofAnotherVersionAreRefused() throws Exception {
      Node.start(options()).close();
      redis.call("HSET", "sh:{orders}:hub", "version", "2");

      assertRefused(
          options(),
          "hub 'orders' to be of version 1, was 2",
          "the same version of signal-hub-redis");
    }

    @Test
    void ofOtherNamesHaveNothingInCommon() throws Exception {
      try (Node a = Node.start(options());
          Node b = Node.start(options().hub("other"))) {
        a.publish("text").get(30, TimeUnit.SECONDS);
        b.reach();

        assertThat(b.sink.bodies()).isEmpty();
        assertThat(b.sink.epoch()).isNotEqualTo(a.sink.epoch());
      }
    }
  }
}
