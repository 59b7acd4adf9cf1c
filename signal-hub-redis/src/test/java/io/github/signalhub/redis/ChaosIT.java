package io.github.signalhub.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.redis.ChaosWorld.Id;
import io.github.signalhub.redis.ChaosWorld.NodeUnderChaos;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three hubs that are one, with four publishers and 200 clients that move, while something fails
 * again and again. {@code -Dchaos.seconds=60} lets each fault last longer, {@code -Dchaos.seed=…}
 * draws others.
 */
class ChaosIT {
  private static final int NODES = 3;
  private static final int PUBLISHERS = 4;
  private static final int CLIENTS = 200;
  private static final int STREAMS = 20;
  private static final int TABLES = 3;
  private static final int SECONDS = Integer.getInteger("chaos.seconds", 2);
  private static final long SEED = Long.getLong("chaos.seed", 1);

  private final Random random = new Random(SEED);
  private final List<NodeUnderChaos> nodes = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final List<Thread> publishers = new ArrayList<>();
  private final List<ChaosClient> clients = new ArrayList<>();
  private final AtomicBoolean isPublishing = new AtomicBoolean(true);
  private final AtomicBoolean isOpen = new AtomicBoolean(true);
  private ChaosWorld world = new ChaosWorld(false);
  private RedisProcess master;
  private RedisProcess replica;

  /** Something that fails, and is mended before it returns. */
  private interface Fault {
    void happen() throws Exception;
  }

  @AfterEach
  void end() throws Exception {
    isPublishing.set(false);
    isOpen.set(false);
    world.close();
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  @Test
  void theLossOfANodeIsNoticedByNobodyElse() throws Exception {
    startMaster();
    CuttingProxy[] lines = new CuttingProxy[NODES];
    startNodes(i -> options((lines[i] = line()).address()));

    during(
        () -> {
          int lost = random.nextInt(NODES);
          lines[lost].close(); // in the midst of what it says, as the end of a process does
          nodes.get(lost).end();
          Thread.sleep(random.nextInt(100));
          lines[lost] = line();
          nodes.set(lost, world.start(options(lines[lost].address()).build()));
        });

    judge();
    assertNothingWasNoticed();
  }

  /** Returns a proxy that never cuts, until it is closed. */
  private CuttingProxy line() throws IOException {
    CuttingProxy line = new CuttingProxy(master.port(), SEED, 1);
    line.stopCutting();
    toClose.add(0, line);
    return line;
  }

  @Test
  void linksThatAreCutAtAnyByteAreNoticedByNobody() throws Exception {
    startMaster();
    List<CuttingProxy> proxies = new ArrayList<>();
    startNodes(
        i -> {
          CuttingProxy proxy = new CuttingProxy(master.port(), SEED * NODES + i, 150_000);
          proxies.add(proxy);
          toClose.add(0, proxy);
          return options(proxy.address()).startTimeout(Duration.ofSeconds(30));
        });

    during(() -> {});
    assertThat(proxies).allMatch(proxy -> proxy.cuts() > 0);
    proxies.forEach(CuttingProxy::stopCutting);

    judge();
    assertNothingWasNoticed();
  }

  @Test
  void connectionsThatRedisEndsAreNoticedByNobody() throws Exception {
    startMaster();
    startNodes(i -> options(master.address()));

    during(() -> master.call("CLIENT", "KILL", "TYPE", "normal"));

    judge();
    assertNothingWasNoticed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no", "everysec", "always"})
  void aRedisThatIsKilledAndStartedBeginsAnEpoch(String durability) throws Exception {
    String appendOnly = durability.equals("no") ? "no" : "yes";
    String sync = durability.equals("no") ? "everysec" : durability;
    startMaster("--appendonly", appendOnly, "--appendfsync", sync);
    startNodes(i -> options(master.address()));

    during(
        () -> {
          master.kill();
          Thread.sleep(random.nextInt(200));
          master.restart();
        });

    judge();
    assertThat(world.gaps.get()).isPositive();
  }

  @Test
  void aFailoverToAReplicaThatLagsBeginsAnEpoch() throws Exception {
    startMasterAndReplica();
    startNodes(this::eitherFirst);

    during(
        () -> {
          replica.pause();
          Thread.sleep(20 + random.nextInt(100));
          master.kill();
          replica.resume();
          replica.call("REPLICAOF", "NO", "ONE");
          Thread.sleep(random.nextInt(100));
          master.restart();
          swapRoles();
        });

    judge();
    assertThat(world.gaps.get()).isPositive();
  }

  @Test
  void twoMastersRepeatOnlyAfterAGap() throws Exception {
    world = new ChaosWorld(true);
    startMasterAndReplica();
    startNodes(this::eitherFirst);

    during(
        () -> {
          replica.pause();
          Thread.sleep(20 + random.nextInt(100));
          replica.resume();
          master.call("CLIENT", "KILL", "TYPE", "replica");
          replica.call("REPLICAOF", "NO", "ONE");
          Thread.sleep(300 + random.nextInt(300));
          swapRoles();
        });

    judge();
    assertThat(world.gaps.get()).isPositive();
  }

  @Test
  void aRedisThatIsEmptiedBeginsAnEpoch() throws Exception {
    startMaster();
    startNodes(i -> options(master.address()));

    during(() -> master.call("FLUSHALL"));

    judge();
    assertThat(world.gaps.get()).isPositive();
  }

  @Test
  void aNodeThatIsPausedForLongerThanTheWindowLoads() throws Exception {
    startMaster();
    startNodes(i -> options(master.address()).maxMessages(200));

    during(
        () -> {
          NodeUnderChaos paused = nodes.get(random.nextInt(NODES));
          paused.setFull(true);
          Thread.sleep(400);
          paused.setFull(false);
        });

    judge();
    assertThat(world.gaps.get()).isPositive();
    assertThat(nodes).allMatch(node -> node.unconfirmed() == 0);
    assertThat(nodes.stream().map(NodeUnderChaos::epoch).distinct()).hasSize(1);
  }

  private void startMaster(String... options) throws Exception {
    master = RedisProcess.start(options);
    toClose.add(master);
  }

  private void startMasterAndReplica() throws Exception {
    startMaster();
    replica = RedisProcess.start("--replicaof", "127.0.0.1", String.valueOf(master.port()));
    toClose.add(replica);
    RedisProcess.await(
        () -> master.call("INFO", "replication").toString().contains("state=online"));
  }

  private void swapRoles() {
    master.call("REPLICAOF", "127.0.0.1", replica.port());
    RedisProcess before = master;
    master = replica;
    replica = before;
  }

  private RedisBackboneBuilder eitherFirst(int node) {
    return node % 2 == 0
        ? options(master.address(), replica.address())
        : options(replica.address(), master.address());
  }

  private static RedisBackboneBuilder options(String... servers) {
    return RedisBackbone.builder().servers(servers).hub("chaos");
  }

  private interface Options {
    RedisBackboneBuilder of(int node) throws IOException;
  }

  private void startNodes(Options options) throws Exception {
    for (int i = 0; i < NODES; i++) {
      nodes.add(world.start(options.of(i).build()));
    }
    for (int i = 0; i < PUBLISHERS; i++) {
      int who = i;
      publishers.add(thread("publisher-" + i, () -> publish(who)));
    }
    for (int i = 0; i < CLIENTS; i++) {
      Random draw = new Random(SEED * CLIENTS + i);
      clients.add(
          new ChaosClient(world, "stream" + i % STREAMS, "table" + i % TABLES, nodes, draw));
    }
    thread("clients", this::letClientsComeBack);
  }

  private void letClientsComeBack() throws InterruptedException {
    while (isOpen.get()) {
      clients.forEach(ChaosClient::comeBack);
      Thread.sleep(1);
    }
  }

  private void publish(int who) throws Exception {
    Random draw = new Random(SEED * PUBLISHERS + who);
    for (int i = 0; isPublishing.get(); i++) {
      NodeUnderChaos node = nodes.get(who % NODES);
      String text = who + ":" + i;
      String table = "table" + draw.nextInt(TABLES);
      String key = "k" + draw.nextInt(60);
      int kind = draw.nextInt(300);
      if (node.isDead) {
        Thread.sleep(1);
      } else if (kind == 0) {
        world.remove(node, draw.nextBoolean() ? 0 : node.horizon());
      } else if (kind < 20) {
        world.publish(node, table, "D" + key, text);
      } else if (kind < 100) {
        world.publish(node, table, "R" + key, text);
      } else {
        world.publish(node, "stream" + draw.nextInt(STREAMS), "N", text);
      }
      Thread.sleep(0, 300_000);
    }
  }

  private Thread thread(String name, Fault task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.happen();
              } catch (Exception | AssertionError e) {
                world.violations.add(name + " failed: " + e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Lets a fault happen again and again for a while. */
  private void during(Fault fault) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      Thread.sleep(250 + random.nextInt(300));
      fault.happen();
    }
  }

  /** Waits until all is quiet, and looks at what everybody saw. */
  private void judge() throws Exception {
    Thread.sleep(200); // some publications after the last fault
    isPublishing.set(false);
    for (Thread publisher : publishers) {
      publisher.join();
    }
    RedisProcess.await(() -> world.openPublications.get() == 0);
    RedisProcess.await(this::isOneHub);
    clients.forEach(ChaosClient::move);
    Id end = world.publishLast(nodes.get(0));
    RedisProcess.await(() -> clients.stream().allMatch(client -> client.isAt(end)));
    isOpen.set(false);
    System.out.println("chaos: " + world);

    world.judge(clients);
    assertThat(world.violations).isEmpty();
    List<String> rows = rowsOfRedis();
    assertThat(nodes).allSatisfy(node -> assertThat(node.rows()).isEqualTo(rows));
    assertThat(clients)
        .allSatisfy(
            client ->
                assertThat(client.rows())
                    .containsExactlyElementsOf(
                        rows.stream().filter(row -> row.startsWith(client.table())).toList()));
    assertThat(world.published()).isGreaterThan(100);
    assertThat(world.refused.get()).isZero();
  }

  private boolean isOneHub() throws Exception {
    for (NodeUnderChaos node : nodes) {
      node.reached().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    List<?> hub = (List<?>) master.call("HMGET", "sh:{chaos}:hub", "epoch", "last");
    return nodes.stream()
        .allMatch(
            node ->
                hub.equals(
                    List.of(
                        java.util.HexFormat.of().toHexDigits(node.epoch()),
                        String.valueOf(node.horizon()))));
  }

  private List<String> rowsOfRedis() {
    TreeSet<String> rows = new TreeSet<>();
    for (Object topic : (List<?>) master.call("SMEMBERS", "sh:{chaos}:tables")) {
      List<?> fields = (List<?>) master.call("HGETALL", "sh:{chaos}:table:" + topic);
      for (int i = 0; i < fields.size(); i += 2) {
        String body = fields.get(i + 1).toString().replaceFirst("^\\d+ \\d+ ", "");
        rows.add(topic + "/" + fields.get(i) + "=" + body);
      }
    }
    return List.copyOf(rows);
  }

  private void assertNothingWasNoticed() {
    assertThat(world.gaps.get()).isZero();
    assertThat(nodes).allMatch(node -> node.restarts().size() == 1);
    assertThat(nodes).allMatch(node -> node.unconfirmed() == 0);
  }
}
