package io.github.signalhub.testkit.nodes;

import io.github.signalhub.model.SeedRun;
import io.github.signalhub.testkit.Faults;
import io.github.signalhub.testkit.backbone.EngineFault;
import io.github.signalhub.testkit.backbone.EngineFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Three hubs on one engine, and clients that move between them. A seed always gives the same story.
 * Immutable.
 */
record NodesStory(Setting setting, List<Act> acts) implements SeedRun.Play {
  static final int NODES = 3;
  static final int CLIENTS = 4;

  /** What fails in a story. */
  enum Trouble {
    DELAYS,
    NODES_AND_LINKS,
    EVERYTHING
  }

  /** The fixed part. */
  record Setting(
      long seed, Trouble trouble, EngineFaults faults, Faults links, int retained, int loops) {
    /** Returns whether the engine may lose publications. */
    boolean loses() {
      return trouble == Trouble.EVERYTHING;
    }

    /** Returns whether there may be two engines for a while. */
    boolean splits() {
      return faults.probability(EngineFault.SPLIT) > 0;
    }
  }

  /** A step. */
  sealed interface Act {
    /** A hub publishes to a stream. */
    record Publish(int node, int count) implements Act {}

    /** A hub publishes rows of a table, or deletes them. */
    record Put(int node, int key, int count, boolean deletes) implements Act {}

    /** Time passes. */
    record Pass(long millis) implements Act {}

    /** A hub closes, and a new one takes its place. */
    record Replace(int node) implements Act {}

    /** The process of a hub ends, and a new one starts. */
    record Kill(int node) implements Act {}

    /** A hub hears nothing of what another one publishes, and a client comes back. */
    record Lag(int node, long millis, int client) implements Act {}

    /** A client's link breaks. It comes back to any hub. */
    record Cut(int client) implements Act {}
  }

  static NodesStory draw(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    Trouble trouble = Trouble.values()[Math.min(random.nextInt(5), 2)];
    Setting setting =
        new Setting(
            seed,
            trouble,
            faults(trouble, random),
            Faults.builder()
                .cut(random.nextInt(3) * 0.002)
                .delay(Duration.ZERO, Duration.ofMillis(random.nextInt(40)))
                .build(),
            trouble == Trouble.EVERYTHING && random.nextInt(3) == 0
                ? 1 + random.nextInt(40)
                : 100_000,
            1 + random.nextInt(2));
    int length = 5 + random.nextInt(50);
    List<Act> acts = new ArrayList<>();
    while (acts.size() < length) {
      acts.add(act(trouble, random));
    }
    return new NodesStory(setting, List.copyOf(acts));
  }

  private static EngineFaults faults(Trouble trouble, Random random) {
    Duration delay = Duration.ofMillis(random.nextInt(3) == 0 ? 0 : random.nextInt(30));
    EngineFaults faults =
        EngineFaults.NONE
            .withDelay(Duration.ZERO, delay)
            .withOutage(Duration.ofMillis(1 + random.nextInt(300)));
    for (EngineFault fault : EngineFault.values()) {
      boolean spares = fault.compareTo(EngineFault.AWAY) <= 0;
      boolean fits = trouble == Trouble.EVERYTHING || trouble != Trouble.DELAYS && spares;
      if (fits && random.nextInt(3) > 0) {
        faults = faults.with(fault, 0.01 * random.nextDouble());
      }
    }
    return faults;
  }

  private static Act act(Trouble trouble, Random random) {
    int node = random.nextInt(NODES);
    int dice = random.nextInt(100);
    int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 60 : 4);
    if (dice < 30) {
      return new Act.Publish(node, count);
    } else if (dice < 48) {
      return new Act.Put(node, random.nextInt(5), count, random.nextInt(3) == 0);
    } else if (dice < 80) {
      return new Act.Pass(random.nextInt(random.nextInt(4) == 0 ? 5_000 : 200));
    } else if (dice < 84) {
      return new Act.Replace(node);
    } else if (dice < 88) {
      return new Act.Kill(node);
    } else if (dice < 94) {
      long millis = trouble == Trouble.DELAYS ? 100 + random.nextInt(800) : random.nextInt(300);
      return new Act.Lag(node, millis, random.nextInt(CLIENTS));
    }
    return new Act.Cut(random.nextInt(CLIENTS));
  }

  @Override
  public int steps() {
    return acts.size();
  }

  @Override
  public void play(List<Integer> steps) {
    new NodesStage(setting).play(steps.stream().map(acts::get).toList());
  }

  @Override
  public String describe(List<Integer> steps) {
    return setting
        + "\n"
        + steps.stream().map(step -> acts.get(step).toString()).collect(Collectors.joining("\n"));
  }
}
