package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.testkit.backbone.MemoryBackbone;
import io.github.signalhub.testkit.backbone.MemoryEngine;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract over the engine in memory, in real time. */
class BackboneContractTest {
  @TestFactory
  @Execution(ExecutionMode.CONCURRENT) // most cases wait more than they work
  Stream<DynamicTest> keepsTheContract() {
    return ContractTests.of(BackboneContract.cases(MemoryHarness::new));
  }

  @TestFactory
  Stream<DynamicTest> letsEachMessageBeProcessedOnce() {
    return ContractTests.of(BackboneContract.claimCases(MemoryHarness::new));
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> keepsTheContractWhenTheEngineFails() {
    return ContractTests.of(BackboneContract.engineCases(MemoryHarness::new));
  }

  private static final class MemoryHarness implements EngineHarness {
    private static final int RETAINED = 10_000;

    private final MemoryEngine engine = new MemoryEngine();
    private final List<MemoryBackbone> nodes = new CopyOnWriteArrayList<>();

    MemoryHarness() {
      engine.retain(RETAINED);
    }

    @Override
    public Backbone backbone(String name) {
      MemoryBackbone node = engine.backbone(name);
      nodes.add(node);
      return node;
    }

    @Override
    public int retained() {
      return RETAINED;
    }

    @Override
    public void cutLinks() {
      nodes.forEach(MemoryBackbone::cut);
      nodes.forEach(MemoryBackbone::mend);
    }

    @Override
    public void stopEngine() {
      engine.stop();
    }

    @Override
    public void startEngine() {
      engine.start();
    }

    @Override
    public void loseEverything() {
      engine.flush();
    }

    @Override
    public void close() {
      // the engine's thread ends with its last node
    }
  }
}
