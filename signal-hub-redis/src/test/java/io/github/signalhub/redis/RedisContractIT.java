package io.github.signalhub.redis;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.testkit.contract.BackboneContract;
import io.github.signalhub.testkit.contract.EngineHarness;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The rules of all backbones, over a real server. */
class RedisContractIT {
  private static final int RETAINED = 10_000;

  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return Stream.of(
            BackboneContract.cases(Harness::new),
            BackboneContract.claimCases(Harness::new),
            BackboneContract.engineCases(Harness::new))
        .flatMap(cases -> cases)
        .map(each -> dynamicTest(each.name(), each::run));
  }

  /** A server of its own for each case. */
  private static final class Harness implements EngineHarness {
    private final RedisProcess redis;

    private Harness() throws Exception {
      redis = RedisProcess.start();
    }

    @Override
    public Backbone backbone(String name) {
      return Node.options(redis).maxMessages(RETAINED).build();
    }

    @Override
    public int retained() {
      return RETAINED;
    }

    @Override
    public void cutLinks() {
      redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }

    @Override
    public void stopEngine() {
      redis.kill();
    }

    @Override
    public void startEngine() throws Exception {
      redis.restart();
    }

    @Override
    public void loseEverything() {
      redis.call("FLUSHALL");
    }

    @Override
    public void close() throws IOException {
      try {
        redis.close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }
}
