package io.github.signalhub.redis;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.testkit.contract.BackboneContract;
import io.github.signalhub.testkit.contract.ContractCase;
import io.github.signalhub.testkit.contract.EngineHarness;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract of all backbones, over a real server. */
class BackboneContractIT {
  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return tests(BackboneContract.cases(RedisHarness::new));
  }

  @TestFactory
  Stream<DynamicTest> letsEachMessageBeProcessedOnce() {
    return tests(BackboneContract.claimCases(RedisHarness::new));
  }

  @TestFactory
  Stream<DynamicTest> keepsTheContractWhenRedisFails() {
    return tests(BackboneContract.engineCases(RedisHarness::new));
  }

  private static Stream<DynamicTest> tests(Stream<ContractCase> cases) {
    return cases.map(each -> DynamicTest.dynamicTest(each.name(), each::run));
  }

  private static final class RedisHarness implements EngineHarness {
    private static final int RETAINED = 10_000;

    private final RedisProcess redis;

    RedisHarness() throws Exception {
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
      redis.call("CLIENT", "KILL", "TYPE", "normal");
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
      redis.close();
    }
  }
}
