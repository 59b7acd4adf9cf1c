package io.github.signalhub.testkit.contract;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * The rules that every {@linkplain io.github.signalhub.spi.Backbone backbone} keeps. Each case
 * starts the nodes of a hub, in real time, and checks what their sinks are given.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> keepsTheContract() {
 *   return BackboneContract.cases(MyHarness::new).map(each -> dynamicTest(each.name(), each::run));
 * }
 * }</pre>
 *
 * <p>{@link #engineCases} needs a harness that can let the engine fail. {@link #claimCases} is for
 * backbones that do more than the default.
 *
 * <p>Thread-safe.
 */
public final class BackboneContract {
  private BackboneContract() {}

  /** The steps of one case. */
  interface Script<H extends BackboneHarness> {
    void play(BackboneStage<H> stage) throws Exception;
  }

  /**
   * Returns the cases of a hub whose engine works.
   *
   * @param newHarness returns a harness on an engine that knows nothing of its hub, for each case
   */
  public static Stream<ContractCase> cases(Callable<? extends BackboneHarness> newHarness) {
    Map<String, Script<BackboneHarness>> scripts = new LinkedHashMap<>();
    OrderCases.addTo(scripts);
    SettlementCases.addTo(scripts);
    LateNodeCases.addTo(scripts);
    return cases(scripts, newHarness);
  }

  /**
   * Returns the cases of a backbone that lets messages be {@linkplain
   * io.github.signalhub.spi.Backbone#claim claimed}.
   *
   * @param newHarness as for {@link #cases}
   */
  public static Stream<ContractCase> claimCases(Callable<? extends BackboneHarness> newHarness) {
    Map<String, Script<BackboneHarness>> scripts = new LinkedHashMap<>();
    ClaimCases.addTo(scripts);
    return cases(scripts, newHarness);
  }

  /**
   * Returns the cases of a hub whose engine fails.
   *
   * @param newHarness as for {@link #cases}
   */
  public static Stream<ContractCase> engineCases(Callable<? extends EngineHarness> newHarness) {
    Map<String, Script<EngineHarness>> scripts = new LinkedHashMap<>();
    EngineCases.addTo(scripts);
    return cases(scripts, newHarness);
  }

  private static <H extends BackboneHarness> Stream<ContractCase> cases(
      Map<String, Script<H>> scripts, Callable<? extends H> newHarness) {
    Objects.requireNonNull(newHarness, "newHarness");
    return scripts.entrySet().stream()
        .map(
            each ->
                new ContractCase(
                    each.getKey(),
                    () -> {
                      try (BackboneStage<H> stage = new BackboneStage<>(newHarness.call())) {
                        each.getValue().play(stage);
                      }
                    }));
  }
}
