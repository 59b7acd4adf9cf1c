package io.github.signalhub.model;

import io.github.signalhub.model.Step.From;
import io.github.signalhub.model.Step.Publish;
import io.github.signalhub.model.Step.To;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A setup and a list of steps. A seed always gives the same schedule. Immutable. */
record Schedule(Setup setup, List<Step> steps) {
  static Schedule draw(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    Setup setup = Setup.draw(random);
    int length = 20 + random.nextInt(180);
    List<Step> steps = new ArrayList<>();
    for (int client = 0; client < setup.clients(); client++) {
      steps.add(connect(setup, random, client, From.NOW));
    }
    while (steps.size() < length) {
      add(steps, setup, random);
    }
    drop(steps, setup, new Random(seed * 0xD1B54A32D192ED03L));
    name(steps, setup, new Random(seed * 0x9FB21C651E98DF25L));
    Random likeness = new Random(seed * 0xC2B2AE3D27D4EB4FL);
    if (likeness.nextBoolean()) {
      align(steps, setup, likeness);
    }
    return new Schedule(setup.withForms(likeness.nextInt(3) == 0 ? 2 : 1), List.copyOf(steps));
  }

  /**
   * Makes most clients of some schedules alike, from a separate random sequence: they follow the
   * same topics on the same loop, and take bytes. So they are at the same place of the log again
   * and again, and share runs. The other clients, wire forms, joins, leaves, cuts, and links that
   * accept only a part see to it that some of them go other ways.
   */
  private static void align(List<Step> steps, Setup setup, Random random) {
    int loop = random.nextInt(setup.loops());
    int topics = random.nextInt(1 << setup.topics());
    for (int i = 0; i < steps.size(); i++) {
      if (random.nextInt(5) > 0 && steps.get(i) instanceof Step.Connect step) {
        Step.Connect alike =
            new Step.Connect(
                step.client(),
                loop,
                step.from(),
                topics,
                -1,
                step.control(),
                false,
                step.readable());
        steps.set(i, alike);
      }
    }
  }

  /**
   * Adds drops of topics to some schedules, from a separate random sequence, so that the rest stays
   * the same.
   */
  private static void drop(List<Step> steps, Setup setup, Random random) {
    int drops = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 0;
    for (int i = 0; i < drops; i++) {
      steps.add(random.nextInt(steps.size()), new Step.Drop(random.nextInt(setup.topics())));
    }
  }

  /** Names senders of some publications, from a separate random sequence. */
  private static void name(List<Step> steps, Setup setup, Random random) {
    int ofTen = random.nextBoolean() ? random.nextInt(10) : 0;
    for (int i = 0; i < steps.size(); i++) {
      int sender = random.nextInt(setup.clients());
      boolean named = random.nextInt(10) < ofTen;
      if (named && steps.get(i) instanceof Publish publish && publish.to() != To.CLIENT) {
        steps.set(i, new Step.Except(sender, publish));
      }
    }
  }

  /** Returns the schedule with only the steps at these indexes. */
  Schedule keep(List<Integer> numbers) {
    return new Schedule(setup, numbers.stream().map(steps::get).toList());
  }

  private static void add(List<Step> steps, Setup setup, Random random) {
    int client = random.nextInt(setup.clients());
    int loop = random.nextInt(setup.loops());
    int topic = random.nextInt(setup.topics());
    int dice = random.nextInt(100);
    if (dice < 28) {
      steps.add(publish(setup, random, random.nextInt(8) == 0 ? 70 : 6));
    } else if (dice < 32) {
      steps.add(new Step.Meanwhile(publish(setup, random, 4)));
    } else if (dice < 42) {
      steps.add(connect(setup, random, client, From.values()[random.nextInt(7)]));
    } else if (dice < 50) {
      steps.add(new Step.Cut(client));
      if (random.nextBoolean()) {
        steps.add(connect(setup, random, client, From.LAST));
      }
    } else if (dice < 52) {
      steps.add(new Step.Close(client));
    } else if (dice < 64) {
      steps.add(new Step.Read(client, readable(random)));
    } else if (dice < 69) {
      steps.add(new Step.Join(client, topic));
    } else if (dice < 73) {
      steps.add(new Step.Leave(client, topic));
    } else if (dice < 88) {
      steps.add(new Step.RunTask(loop));
    } else if (dice < 94) {
      steps.add(new Step.RunAll());
    } else if (dice < 98) {
      steps.add(new Step.Advance((1 + random.nextInt(6)) * Setup.SECOND));
    } else if (dice < 99) {
      steps.add(new Step.ExpireClosing());
    } else {
      steps.add(new Step.Restart(random.nextInt(4) > 0));
    }
  }

  private static Publish publish(Setup setup, Random random, int most) {
    int dice = random.nextInt(8);
    To to = dice < 2 ? To.EVERYONE : dice < 6 ? To.TOPIC : dice < 7 ? To.USER : To.CLIENT;
    int which = random.nextInt(12);
    int pad = random.nextInt(20) == 0 ? random.nextInt(2_000) : random.nextInt(40);
    return new Publish(to, which, 1 + random.nextInt(most), pad);
  }

  private static Step connect(Setup setup, Random random, int client, From from) {
    return new Step.Connect(
        client,
        random.nextInt(setup.loops()),
        from,
        random.nextInt(1 << setup.topics()),
        random.nextInt(setup.users() + 2) - 2,
        random.nextBoolean(),
        random.nextInt(4) == 0,
        random.nextInt(4) == 0 ? readable(random) : Long.MAX_VALUE);
  }

  private static long readable(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(400);
      default -> Long.MAX_VALUE;
    };
  }
}
