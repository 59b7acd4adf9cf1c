package io.github.signalhub.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.signalhub.jdkserver.TestCertificate;
import io.github.signalhub.spi.Backbone.At;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Sentinels, clusters and TLS, all real. */
class TopologiesIT {
  private static RedisBackboneBuilder hub() {
    return RedisBackbone.builder().hub("orders").startTimeout(Duration.ofSeconds(30));
  }

  private static void assertPublishes(Node node, String text) throws Exception {
    assertThat(node.publish(text).get(30, TimeUnit.SECONDS)).isInstanceOf(At.class);
    assertThat(node.sink.bodies()).contains(text);
  }

  @Nested
  class Sentinels {
    @Test
    void nameTheNewMasterAfterAFailover() throws Exception {
      try (RedisProcess master = RedisProcess.start();
          RedisProcess replica =
              RedisProcess.start("--replicaof", "127.0.0.1", String.valueOf(master.port()));
          RedisProcess sentinel = RedisProcess.sentinel(master)) {
        RedisProcess.await(() -> knowsReplica(sentinel, replica));
        try (Node node = Node.start(hub().sentinels("main", "127.0.0.1:1", sentinel.address()))) {
          node.row("stock", "apple", "1").get(30, TimeUnit.SECONDS);
          RedisProcess.await(() -> (Long) replica.call("EXISTS", "sh:{orders}:table:stock") == 1);

          master.kill();

          RedisProcess.await(() -> node.sink.restarts().size() > 1);
          assertPublishes(node, "after");
          assertThat(node.sink.rows()).containsExactly("stock/apple=1");
          assertThat(replica.call("EXISTS", "sh:{orders}:hub")).isEqualTo(1L);
        }
      }
    }

    private static boolean knowsReplica(RedisProcess sentinel, RedisProcess replica) {
      return sentinel
          .call("SENTINEL", "REPLICAS", "main")
          .toString()
          .contains(String.valueOf(replica.port()));
    }

    @Test
    void haveCredentialsOfTheirOwn() throws Exception {
      try (RedisProcess master = RedisProcess.start("--requirepass", "of-redis");
          RedisProcess sentinel =
              RedisProcess.sentinel(
                  master, "requirepass of-sentinels", "sentinel auth-pass main of-redis")) {
        RedisBackboneBuilder options =
            hub().sentinels("main", sentinel.address()).credentials("", "of-redis");
        assertThatIOException()
            .isThrownBy(() -> Node.start(options.startTimeout(Duration.ZERO)))
            .withMessageContainingAll("no sentinel of", "NOAUTH");

        try (Node node = Node.start(options.sentinelCredentials("", "of-sentinels"))) {
          assertPublishes(node, "text");
        }
      }
    }

    @Test
    void thatDoNotKnowTheMasterAreNamed() throws Exception {
      try (RedisProcess master = RedisProcess.start();
          RedisProcess sentinel = RedisProcess.sentinel(master)) {
        assertThatIOException()
            .isThrownBy(
                () ->
                    Node.start(
                        hub().sentinels("other", sentinel.address()).startTimeout(Duration.ZERO)))
            .withMessageContainingAll("cannot find the master", sentinel.address(), "'other'");
      }
    }
  }

  @Nested
  class Clusters {
    private static final int SLOT = JedisClusterCRC16.getSlot("sh:{orders}:hub");

    private static RedisProcess node() throws Exception {
      return RedisProcess.start("--cluster-enabled", "yes", "--cluster-node-timeout", "2000");
    }

    private static void giveAllSlots(RedisProcess node) throws Exception {
      Object[] all =
          Stream.concat(Stream.of("ADDSLOTS"), IntStream.range(0, 16_384).boxed()).toArray();
      node.call("CLUSTER", all);
      RedisProcess.await(
          () -> node.call("CLUSTER", "INFO").toString().contains("cluster_state:ok"));
    }

    private static String id(RedisProcess node) {
      return node.call("CLUSTER", "MYID").toString();
    }

    @Test
    void ofOneNodeHaveAHub() throws Exception {
      try (RedisProcess redis = node()) {
        giveAllSlots(redis);
        try (Node a = Node.start(hub().cluster(redis.address()));
            Node b = Node.start(hub().cluster(redis.address()))) {
          a.row("stock", "apple", "1").get(30, TimeUnit.SECONDS);
          assertPublishes(b, "text");

          a.reach();
          assertThat(a.sink.bodies()).containsExactly("1", "text");
        }
      }
    }

    @Test
    void moveAHubToAnotherNode() throws Exception {
      try (RedisProcess first = node();
          RedisProcess second = node()) {
        giveAllSlots(first);
        first.call("CLUSTER", "MEET", "127.0.0.1", second.port());
        RedisProcess.await(
            () -> second.call("CLUSTER", "INFO").toString().contains("cluster_state:ok"));
        try (Node a = Node.start(hub().cluster(first.address()));
            Node b = Node.start(hub().cluster("127.0.0.1:1", second.address()))) {
          a.row("stock", "apple", "1").get(30, TimeUnit.SECONDS);
          assertPublishes(b, "before");

          move(first, second);

          RedisProcess.await(() -> a.sink.restarts().size() > 1 && b.sink.restarts().size() > 1);
          assertPublishes(a, "after");
          b.reach();
          assertThat(b.sink.bodies()).contains("after");
          assertThat(b.sink.rows()).containsExactly("stock/apple=1");
          assertThat(second.call("CLUSTER", "COUNTKEYSINSLOT", SLOT)).isNotEqualTo(0L);
        }
      }
    }

    private static void move(RedisProcess from, RedisProcess to) throws Exception {
      to.call("CLUSTER", "SETSLOT", SLOT, "IMPORTING", id(from));
      from.call("CLUSTER", "SETSLOT", SLOT, "MIGRATING", id(to));
      RedisProcess.await(
          () -> {
            for (Object key : (List<?>) from.call("CLUSTER", "GETKEYSINSLOT", SLOT, 100)) {
              from.call("MIGRATE", "127.0.0.1", to.port(), key, 0, 5_000);
            }
            return from.call("CLUSTER", "COUNTKEYSINSLOT", SLOT).equals(0L);
          });
      to.call("CLUSTER", "SETSLOT", SLOT, "NODE", id(to));
      from.call("CLUSTER", "SETSLOT", SLOT, "NODE", id(to));
    }
  }

  @Nested
  class Tls {
    @TempDir private Path folder;

    private RedisProcess redis(TestCertificate certificate, int port) throws Exception {
      Path pem = folder.resolve("cert.pem");
      Path key = folder.resolve("key.pem");
      certificate.write(pem, key);
      return RedisProcess.start(
          "--tls-port",
          String.valueOf(port),
          "--tls-cert-file",
          pem.toString(),
          "--tls-key-file",
          key.toString(),
          "--tls-auth-clients",
          "no");
    }

    @Test
    void isSpokenWithTheTrustOfAFactory() throws Exception {
      TestCertificate certificate = TestCertificate.root("localhost");
      int port = RedisProcess.freePort();
      try (RedisProcess redis = redis(certificate, port)) {
        RedisBackboneBuilder options =
            hub().url("rediss://localhost:" + port).tls(certificate.trusting().getSocketFactory());

        try (Node a = Node.start(options);
            Node b = Node.start(Node.options(redis))) {
          assertPublishes(a, "text");

          b.reach();
          assertThat(b.sink.bodies()).containsExactly("text");
        }
      }
    }

    @Test
    void refusesACertificateThatIsNotTrusted() throws Exception {
      int port = RedisProcess.freePort();
      try (RedisProcess redis = redis(TestCertificate.root("localhost"), port)) {
        assertThat(redis.port()).isNotEqualTo(port);

        assertThatIOException()
            .isThrownBy(
                () ->
                    Node.start(hub().url("rediss://localhost:" + port).startTimeout(Duration.ZERO)))
            .withMessageContainingAll(
                "cannot use Redis at localhost:" + port, "certification path");
      }
    }

    @Test
    void refusesTheCertificateOfAnotherHost() throws Exception {
      TestCertificate certificate = TestCertificate.root("localhost");
      int port = RedisProcess.freePort();
      try (RedisProcess redis = redis(certificate, port)) {
        assertThat(redis.port()).isNotEqualTo(port);

        assertThatIOException()
            .isThrownBy(
                () ->
                    Node.start(
                        hub()
                            .url("rediss://127.0.0.2:" + port)
                            .tls(certificate.trusting().getSocketFactory())
                            .startTimeout(Duration.ZERO)))
            .withMessageContaining("127.0.0.2");
      }
    }

    @Test
    void isNamedWhereAServerDoesNotSpeakIt() throws Exception {
      try (RedisProcess redis = RedisProcess.start()) {
        assertThatIOException()
            .isThrownBy(
                () ->
                    Node.start(
                        hub()
                            .url("rediss://" + redis.address())
                            .timeout(Duration.ofMillis(300))
                            .startTimeout(Duration.ZERO)))
            .withMessageContainingAll("cannot use Redis", "whether it expects TLS");
      }
    }
  }
}
