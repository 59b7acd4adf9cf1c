package io.github.signalhub.testkit.model;

import io.github.signalhub.model.SeedRun;
import io.github.signalhub.testkit.model.Act.From;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** A setting and a list of acts. A seed always gives the same story. Immutable. */
record Story(Setting setting, List<Act> acts) implements SeedRun.Play {
  private static final int[] CODES = {1000, 1012, 4001, 4150, 4200};

  static Story draw(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    Setting setting =
        Setting.draw(seed, random)
            .withTableLimits(new Random(seed * 0x94D049BB133111EBL))
            .withStates(new Random(seed * 0xBF58476D1CE4E5B9L));
    int length = 15 + random.nextInt(105);
    List<Act> acts = new ArrayList<>();
    for (int client = 0; client < setting.clients(); client++) {
      acts.add(newcomer(setting, random, client));
    }
    while (acts.size() < length) {
      acts.add(draw(setting, random));
    }
    takeFromClients(setting, new Random(seed * 0xD1B54A32D192ED03L), acts);
    takeFromUsers(setting, new Random(seed * 0xA24BAED4963EE407L), acts);
    drop(acts, setting, new Random(seed * 0xD1B54A32D192ED03L));
    ask(acts, setting, new Random(seed * 0xC6A5387777330BDBL));
    name(acts, setting, new Random(seed * 0x9FB21C651E98DF25L));
    return new Story(setting, List.copyOf(acts));
  }

  /**
   * Adds drops of topics to some stories, from a separate random sequence, so that the rest stays
   * the same.
   */
  private static void drop(List<Act> acts, Setting setting, Random random) {
    int drops = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 0;
    for (int i = 0; i < drops; i++) {
      acts.add(random.nextInt(acts.size()), new Act.Drop(random.nextInt(setting.topics())));
    }
  }

  /** Adds requests to some stories, some with a cut soon after. The other stories stay the same. */
  private static void ask(List<Act> acts, Setting setting, Random random) {
    for (int left = random.nextInt(3) == 0 ? 1 + random.nextInt(12) : 0; left > 0; left--) {
      int client = random.nextInt(setting.clients());
      int pad = random.nextInt(4) == 0 ? random.nextInt(1_000) : 0;
      long later = random.nextInt(3) == 0 ? -1 : random.nextInt(5_000);
      int at = setting.clients() + random.nextInt(acts.size() - setting.clients() + 1);
      if (random.nextInt(3) == 0) {
        acts.add(at, new Act.Cut(client));
        acts.add(at, new Act.Steps(random.nextInt(6)));
      }
      acts.add(at, new Act.Ask(client, pad, later));
    }
  }

  /** Names senders of some publications. The other stories stay the same. */
  private static void name(List<Act> acts, Setting setting, Random random) {
    int ofTen = random.nextBoolean() ? random.nextInt(10) : 0;
    for (int i = 0; i < acts.size(); i++) {
      int client = random.nextInt(setting.clients());
      boolean named = random.nextInt(10) < ofTen;
      Act act = acts.get(i);
      if (named
          && (act instanceof Act.Publish
              || act instanceof Act.Put
              || act instanceof Act.Broadcast
              || act instanceof Act.SendToUser)) {
        acts.set(i, new Act.FromClient(client, act));
      }
    }
  }

  @Override
  public int steps() {
    return acts.size();
  }

  @Override
  public void play(List<Integer> steps) {
    Stage.play(setting, steps.stream().map(acts::get).toList());
  }

  @Override
  public String describe(List<Integer> steps) {
    return setting
        + "\n"
        + steps.stream().map(step -> acts.get(step).toString()).collect(Collectors.joining("\n"));
  }

  private static Act draw(Setting setting, Random random) {
    int client = random.nextInt(setting.clients());
    int topic = random.nextInt(setting.topics());
    int dice = random.nextInt(100);
    if (dice < 34) {
      return publish(setting, random, topic);
    } else if (dice < 56) {
      return new Act.Steps(1 + random.nextInt(random.nextInt(3) == 0 ? 100 : 8));
    } else if (dice < 65) {
      return new Act.Pass(random.nextInt(random.nextInt(4) == 0 ? 20_000 : 500));
    } else if (dice < 70) {
      return new Act.Join(client, topic, from(random), random.nextBoolean());
    } else if (dice < 74) {
      return new Act.Leave(client, topic, random.nextBoolean());
    } else if (dice < 82) {
      long bytes = random.nextInt(2) == 0 ? Long.MAX_VALUE : random.nextInt(600);
      return new Act.Read(client, bytes);
    } else if (dice < 88) {
      return new Act.Cut(client);
    } else if (dice < 89) {
      return new Act.Silence(client);
    } else if (dice < 91) {
      return new Act.Close(client, CODES[random.nextInt(CODES.length)]);
    } else if (dice < 94) {
      return new Act.Return(client);
    } else if (dice < 99) {
      return newcomer(setting, random, client);
    }
    return new Act.Restart();
  }

  /** Takes topics from clients in some stories. The other stories stay the same. */
  private static void takeFromClients(Setting setting, Random random, List<Act> acts) {
    for (int left = random.nextInt(4) == 0 ? 1 + random.nextInt(6) : 0; left > 0; left--) {
      int client = random.nextInt(setting.clients());
      int topic = random.nextInt(setting.topics());
      Act act =
          random.nextBoolean()
              ? new Act.Revoke(client, topic, from(random))
              : new Act.TakeAway(client, topic, random.nextInt(900), random.nextInt(3));
      acts.add(setting.clients() + random.nextInt(acts.size() - setting.clients() + 1), act);
    }
  }

  /** Takes topics from users in some stories. */
  private static void takeFromUsers(Setting setting, Random random, List<Act> acts) {
    for (int left = random.nextInt(4) == 0 ? 1 + random.nextInt(6) : 0; left > 0; left--) {
      int client = random.nextInt(setting.clients());
      Act act =
          random.nextInt(3) == 0
              ? new Act.Disconnect(client)
              : new Act.RevokeFromUser(client, random.nextInt(setting.topics()));
      acts.add(setting.clients() + random.nextInt(acts.size() - setting.clients() + 1), act);
    }
  }

  private static Act publish(Setting setting, Random random, int topic) {
    int pad = random.nextInt(20) == 0 ? random.nextInt(1_000) : random.nextInt(40);
    int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 40 : 4);
    int dice = random.nextInt(8);
    if (dice == 0) {
      return new Act.Broadcast(count, pad);
    } else if (dice == 1) {
      return new Act.SendToUser(random.nextInt(setting.users()), count);
    } else if (setting.isTable(topic)) {
      return new Act.Put(topic, random.nextInt(setting.keys()), random.nextInt(3) == 0, count, pad);
    }
    return new Act.Publish(topic, count, pad);
  }

  private static Act newcomer(Setting setting, Random random, int client) {
    int all = 1 << setting.topics();
    return new Act.Newcomer(
        client,
        random.nextInt(all),
        random.nextInt(3) == 0 ? random.nextInt(all) : 0,
        from(random),
        random.nextInt(3) == 0 ? from(random) : From.NOW,
        random.nextInt(setting.users() + 2) - 2,
        random.nextInt(6) == 0);
  }

  private static From from(Random random) {
    return From.values()[
        random.nextBoolean() ? random.nextInt(3) : random.nextInt(From.values().length)];
  }
}
