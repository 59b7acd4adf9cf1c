package io.github.signalhub.testkit.backbone;

import io.github.signalhub.model.SeedRun;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.contract.BackboneWitness;
import io.github.signalhub.testkit.contract.WatchedNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Several nodes that publish while the engine fails. A seed always gives the same story. Immutable.
 */
record EngineStory(Setting setting, List<Act> acts) implements SeedRun.Play {
  private static final int NODES = 3;
  private static final int TABLES = 2;

  /** What fails in a story. */
  enum Trouble {
    DELAYS,
    NODES_AND_LINKS,
    EVERYTHING
  }

  /** The fixed part. */
  record Setting(long seed, Trouble trouble, EngineFaults faults, int retained) {}

  /** A step. */
  sealed interface Act {
    /** A node publishes one after the other. */
    record Publish(int node, int count, Kind kind, int topic, int key, boolean old)
        implements Act {}

    /** Time passes. */
    record Pass(long millis) implements Act {}

    /** A node ends, and a new one takes its place. */
    record Replace(int node) implements Act {}

    /** A node takes nothing for a while. */
    record Fill(int node, long millis) implements Act {}

    /** A client repeats a message, maybe at another node. */
    record Claim(int node, int ref) implements Act {}

    /** A client with an id comes to a node. */
    record Ask(int node) implements Act {}
  }

  static EngineStory draw(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    Trouble trouble = Trouble.values()[Math.min(random.nextInt(6), 2)];
    Setting setting =
        new Setting(
            seed,
            trouble,
            faults(trouble, random),
            random.nextInt(3) == 0 ? 1 + random.nextInt(60) : 100_000);
    int length = 5 + random.nextInt(60);
    List<Act> acts = new ArrayList<>();
    while (acts.size() < length) {
      acts.add(act(random));
    }
    return new EngineStory(setting, List.copyOf(acts));
  }

  private static EngineFaults faults(Trouble trouble, Random random) {
    Duration delay = Duration.ofMillis(random.nextInt(3) == 0 ? 0 : random.nextInt(50));
    EngineFaults faults =
        EngineFaults.NONE
            .withDelay(Duration.ZERO, delay)
            .withOutage(
                Duration.ofMillis(1 + random.nextInt(random.nextInt(4) == 0 ? 15_000 : 500)));
    if (trouble == Trouble.DELAYS) {
      return faults;
    }
    double often = random.nextInt(3) == 0 ? 0.05 : 0.01;
    for (EngineFault fault : EngineFault.values()) {
      boolean spares = fault.compareTo(EngineFault.AWAY) <= 0;
      if ((spares || trouble == Trouble.EVERYTHING) && random.nextInt(3) > 0) {
        faults = faults.with(fault, often * random.nextDouble());
      }
    }
    return faults;
  }

  private static Act act(Random random) {
    int node = random.nextInt(NODES);
    int dice = random.nextInt(100);
    if (dice < 50) {
      int count = 1 + random.nextInt(random.nextInt(12) == 0 ? 700 : 8);
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      boolean old = random.nextBoolean();
      return new Act.Publish(node, count, kind, random.nextInt(TABLES), random.nextInt(4), old);
    } else if (dice < 80) {
      return new Act.Pass(random.nextInt(random.nextInt(4) == 0 ? 4_000 : 100));
    } else if (dice < 84) {
      return new Act.Replace(node);
    } else if (dice < 90) {
      return new Act.Fill(node, random.nextInt(500));
    } else if (dice < 95) {
      return new Act.Claim(node, random.nextInt(3));
    }
    return new Act.Ask(node);
  }

  @Override
  public int steps() {
    return acts.size();
  }

  @Override
  public void play(List<Integer> steps) {
    new Stage(setting).play(steps.stream().map(acts::get).toList());
  }

  @Override
  public String describe(List<Integer> steps) {
    return setting
        + "\n"
        + steps.stream().map(step -> acts.get(step).toString()).collect(Collectors.joining("\n"));
  }

  /** The nodes of a story. Confined to one thread. */
  private static final class Stage {
    private static final int BATCHES = 4 * 256;

    private final Setting setting;
    private final SimulatedNetwork network;
    private final MemoryEngine engine;
    private final BackboneWitness witness = new BackboneWitness();
    private final List<Optional<WatchedNode>> nodes = new ArrayList<>();
    private final Map<String, WatchedNode> claims = new HashMap<>();
    private int ends;
    private int started;
    private int asked;
    private int answered;

    Stage(Setting setting) {
      this.setting = setting;
      network = new SimulatedNetwork(setting.seed());
      engine = new MemoryEngine(network);
      engine.retain(setting.retained());
    }

    void play(List<Act> acts) {
      for (int i = 0; i < NODES; i++) {
        nodes.add(start());
      }
      engine.inject(setting.faults());
      for (Act act : acts) {
        play(act);
        witness.check();
      }
      engine.heal();
      nodes.replaceAll(node -> node.or(this::start));
      nodes.forEach(node -> node.ifPresent(each -> each.full(false)));
      network.runFor(Duration.ofSeconds(30));
      check();
    }

    private void play(Act act) {
      if (act instanceof Act.Publish publish) {
        nodes.get(publish.node()).ifPresent(node -> publish(node, publish));
      } else if (act instanceof Act.Pass pass) {
        network.runFor(Duration.ofMillis(pass.millis()));
      } else if (act instanceof Act.Replace replace) {
        nodes.get(replace.node()).ifPresent(this::end);
        nodes.set(replace.node(), start());
      } else if (act instanceof Act.Fill fill) {
        nodes.get(fill.node()).ifPresent(node -> fill(node, fill.millis()));
      } else if (act instanceof Act.Ask ask) {
        nodes.get(ask.node()).ifPresent(this::ask);
      } else if (act instanceof Act.Claim claim) {
        nodes.get(claim.node()).ifPresent(node -> claim(node, "ref " + claim.ref()));
      }
    }

    private Optional<WatchedNode> start() {
      String name = "node " + ++started;
      try {
        return Optional.of(witness.start(name, engine.backbone(name)));
      } catch (IOException e) { // the engine was away
        return Optional.empty();
      }
    }

    private void end(WatchedNode node) {
      ends++;
      node.close();
    }

    private static void publish(WatchedNode node, Act.Publish act) {
      boolean keyed = act.kind() == Kind.ROW || act.kind() == Kind.DELETION;
      String topic = act.kind() == Kind.MESSAGE ? "stream" : "table " + act.topic();
      for (int i = 0; i < act.count(); i++) {
        String key = keyed ? "key " + (act.key() + i) % 5 : "";
        long upTo = act.kind() == Kind.REMOVAL && act.old() ? Math.max(0, node.offset() - 9) : 0;
        node.publish(act.kind(), topic, key, upTo);
      }
    }

    private void fill(WatchedNode node, long millis) {
      node.full(true);
      network.schedule(() -> node.full(false), Duration.ofMillis(millis));
    }

    private void ask(WatchedNode node) {
      asked++;
      node.reached().thenRun(() -> answered++);
    }

    private void claim(WatchedNode node, String ref) {
      // The check is an action of the network, because a stage would keep its failure to itself.
      node.backbone()
          .claim("session", ref)
          .thenAccept(claim -> network.schedule(() -> claimed(node, ref, claim), Duration.ZERO));
    }

    private void claimed(WatchedNode node, String ref, Backbone.Claim claim) {
      WatchedNode before = claims.get(ref);
      switch (claim.state()) {
        case MINE -> {
          boolean isOther = before != null && before != node;
          expect(!isOther || loses(), ref + " is " + before + "'s, also claimed by " + node);
          claims.put(ref, node);
          byte[] outcome = ref.getBytes(StandardCharsets.UTF_8);
          network.schedule(
              () -> node.backbone().keep("session", ref, outcome), Duration.ofMillis(100));
        }
        case DONE -> {
          String outcome = new String(claim.outcome(), StandardCharsets.UTF_8);
          expect(outcome.equals(ref), "the outcome " + ref + ", was " + outcome);
        }
        case ELSEWHERE -> expect(before != node || loses(), "another node, was " + before);
        case LOST -> expect(ends > 0, "no loss");
        case UNAVAILABLE -> {}
      }
    }

    private boolean loses() {
      return setting.trouble() == Trouble.EVERYTHING;
    }

    private void check() {
      witness.checkEnd();
      for (Optional<WatchedNode> node : nodes) {
        expect(node.orElseThrow().rows().equals(engine.rows()), "the rows of the engine");
      }
      if (!loses()) {
        boolean long_ = setting.faults().outage().toSeconds() >= 9;
        expect(witness.restarts() == 0 || setting.retained() < 100_000, "no restart");
        expect(ends > 0 || long_ || witness.unconfirmed() == 0, "nothing unconfirmed");
        expect(ends > 0 || long_ || witness.unavailable() == 0, "nothing unavailable");
        expect(ends > 0 || answered == asked, "an answer to each question");
      }
      long most = (long) BATCHES * (witness.restarts() + ends);
      expect(
          witness.unconfirmed() <= most || setting.faults().outage().toSeconds() >= 9,
          "few unconfirmed");
    }

    private void expect(boolean holds, String what) {
      if (!holds) {
        throw new AssertionError("expected " + what);
      }
    }
  }
}
