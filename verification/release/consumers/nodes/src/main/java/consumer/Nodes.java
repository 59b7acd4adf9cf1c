package consumer;

import io.github.signalhub.Hub;
import io.github.signalhub.redis.RedisBackbone;
import io.github.signalhub.testkit.Faults;
import java.io.UncheckedIOException;

/** Needs all that signal-hub-redis and signal-hub-testkit bring. No Redis listens at its port. */
public final class Nodes {
  private Nodes() {}

  public static void main(String[] args) {
    System.out.println(Faults.NONE.equals(Faults.builder().build()));
    try (Hub hub = Hub.builder().backbone(RedisBackbone.of("redis://127.0.0.1:1", "x")).build()) {
      System.out.println("a Redis? " + hub.stats());
    } catch (UncheckedIOException e) {
      System.out.println("no Redis");
    }
  }
}
