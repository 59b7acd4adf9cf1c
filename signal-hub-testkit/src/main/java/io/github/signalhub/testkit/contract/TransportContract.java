package io.github.signalhub.testkit.contract;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * The rules that every transport keeps, for transports whose far end is in the same program. The
 * cases need no sockets. {@link CarrierContract} has the same rules and more, over a socket.
 *
 * <p>No case assumes that an effect is immediate, or how bytes are split. Thread-safe.
 */
public final class TransportContract {
  private TransportContract() {}

  /** The steps of one case. */
  interface Script {
    void play(Stage stage) throws Exception;
  }

  /**
   * Returns the cases, each with a harness of its own.
   *
   * @param newHarness returns a harness around a transport that is not open yet
   */
  public static Stream<ContractCase> cases(Callable<? extends TransportHarness> newHarness) {
    Objects.requireNonNull(newHarness, "newHarness");
    return scripts().entrySet().stream()
        .map(
            each ->
                new ContractCase(
                    each.getKey(),
                    () -> {
                      try (Stage stage = new Stage(newHarness.call())) {
                        each.getValue().play(stage);
                      }
                    }));
  }

  /** Returns all cases in their order, by name. */
  static Map<String, Script> scripts() {
    Map<String, Script> scripts = new LinkedHashMap<>();
    LifeCases.addTo(scripts);
    SendingCases.addTo(scripts);
    ReceivingCases.addTo(scripts);
    ClosingCases.addTo(scripts);
    return scripts;
  }
}
