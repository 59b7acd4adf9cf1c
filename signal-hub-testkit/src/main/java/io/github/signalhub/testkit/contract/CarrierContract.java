package io.github.signalhub.testkit.contract;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The rules that every carrier keeps. A carrier brings WebSockets to a hub: a server, for example,
 * or the adapter of a container. Each case starts a hub and the carrier, connects clients on
 * sockets, and checks the frames that they get.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> keepsTheContract() {
 *   return CarrierContract.cases(MyCarrier::start).map(each -> dynamicTest(each.name(), each::run));
 * }
 * }</pre>
 *
 * <p>A platform may make a rule impossible, for example if it cannot ping. {@link #without} then
 * names the case and the reason. Such a case stays in the list, with the reason in its name.
 *
 * <p>Immutable and thread-safe.
 */
public final class CarrierContract {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CarrierStart start;
  private final Map<String, String> lacks;
  private final Duration patience;

  /** The steps of one case. */
  interface Script {
    void play(CarrierStage stage) throws Exception;
  }

  private CarrierContract(CarrierStart start, Map<String, String> lacks, Duration patience) {
    this.start = start;
    this.lacks = lacks;
    this.patience = patience;
  }

  /**
   * Returns all cases for a carrier that lacks nothing.
   *
   * @param start starts the carrier, once for each case
   */
  public static Stream<ContractCase> cases(CarrierStart start) {
    return of(start).cases();
  }

  /** Returns the contract without exceptions. */
  public static CarrierContract of(CarrierStart start) {
    return new CarrierContract(Objects.requireNonNull(start, "start"), Map.of(), PATIENCE);
  }

  /**
   * Returns this contract for a carrier that cannot keep one of the rules.
   *
   * @param name the {@linkplain ContractCase#name name} of the case
   * @param reason why the carrier cannot keep the rule; it becomes a part of the name
   * @throws IllegalArgumentException if no case has this name
   */
  public CarrierContract without(String name, String reason) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(reason, "reason");
    if (!scripts().containsKey(name)) {
      throw new IllegalArgumentException("expected the name of a case, was " + name);
    }
    Map<String, String> more = new LinkedHashMap<>(lacks);
    more.put(name, reason);
    return new CarrierContract(start, more, patience);
  }

  /** Returns this contract with another time to wait for the carrier. */
  CarrierContract withPatience(Duration other) {
    return new CarrierContract(start, lacks, other);
  }

  /**
   * Returns all cases in their order. The name of a case that the carrier lacks begins with {@code
   * NOT OFFERED}. Such a case only prints its name.
   */
  public Stream<ContractCase> cases() {
    return scripts().entrySet().stream().map(each -> toCase(each.getKey(), each.getValue()));
  }

  private ContractCase toCase(String name, Script script) {
    String reason = lacks.get(name);
    if (reason != null) {
      String line = "NOT OFFERED: " + name + " (" + reason + ")";
      return new ContractCase(line, () -> System.out.println(line));
    }
    return new ContractCase(
        name,
        () -> {
          try (CarrierStage stage = new CarrierStage(start, patience)) {
            script.play(stage);
          }
        });
  }

  private static Map<String, Script> scripts() {
    Map<String, Script> scripts = new LinkedHashMap<>();
    TransportContract.scripts().forEach((name, script) -> scripts.put(name, script::play));
    AdmissionCases.addTo(scripts);
    FloodCases.addTo(scripts);
    StalledCases.addTo(scripts);
    DeadlineCases.addTo(scripts);
    ThreadCases.addTo(scripts);
    ShutdownCases.addTo(scripts);
    return scripts;
  }
}
