package io.github.signalhub.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract passes a correct carrier, and fails each faulty one in the right cases. */
class CarrierContractIT {
  /** The waiting time of the cases that fail. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int AT_ONCE = 4;

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT) // most cases wait more than they work
  Stream<DynamicTest> passesAnHonestCarrier() {
    return ContractTests.of(CarrierContract.cases(SmallCarrier::start));
  }

  /** A carrier with one fault, and the cases that detect it. */
  enum Fault {
    PARKS_THREADS_OF_THE_CONTAINER(
        settings -> new FaultyCarriers.Parking(settings).running(),
        "300 clients that stall hold no thread of the host",
        "300 clients whose listener waits hold no thread of the host"),
    TAKES_UNBOUNDED_MEMORY(
        settings -> new FaultyCarriers.Hoarding(settings).running(),
        "a stalled peer without gaps is closed with 4100 after its half-written frame",
        "reading pauses while the listener waits, and goes on without loss",
        "a flood of short messages is not read while the listener waits, and nothing is lost",
        "a stalled peer that understands gaps gets a gap, and what the log still holds",
        "a half-written frame is finished before a client is disconnected",
        "a stalled peer that takes nothing is cut at the write deadline"),
    NEVER_NOTICES_DEAD_PEERS(
        settings -> new FaultyCarriers.Patient(settings).running(),
        "a dead peer is noticed by its unanswered pings, and disconnected",
        "a stalled peer that takes nothing is cut at the write deadline",
        "a peer that does not answer the close is cut at the close deadline",
        "a stalled peer that is closed is cut at a deadline"),
    CUTS_EVERYBODY_AT_SHUTDOWN(
        settings -> new FaultyCarriers.Abrupt(settings).running(),
        "a carrier that stops sends everything and then 1001, never 1006",
        "a carrier that stops refuses handshakes with 503 and Retry-After until its clients are"
            + " gone",
        "a carrier that stops leaves the hub open"),
    ACCEPTS_ANY_ORIGIN(
        settings -> new FaultyCarriers.Open(settings).running(),
        "a page of a foreign origin is refused with 403",
        "a page of the same origin, one of an allowed origin, and a program without one may"
            + " connect");

    private static final Set<String> CASES =
        Stream.of(values()).flatMap(fault -> fault.cases.stream()).collect(Collectors.toSet());

    private final CarrierStart start;
    private final List<String> cases;

    Fault(CarrierStart start, String... cases) {
      this.start = start;
      this.cases = List.of(cases);
    }
  }

  /** Runs the cases of all faults. The cases of the other faults pass. */
  @ParameterizedTest
  @EnumSource
  @Execution(ExecutionMode.CONCURRENT)
  void failsACarrierByTheNamesOfItsFault(Fault fault) throws Exception {
    Map<String, String> failed = new ConcurrentSkipListMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    List<Future<?>> running =
        CarrierContract.of(fault.start)
            .withPatience(PATIENCE)
            .cases()
            .filter(each -> Fault.CASES.contains(each.name()))
            .<Future<?>>map(each -> threads.submit(() -> play(each, failed)))
            .toList();

    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();

    failed.values().forEach(System.out::println);
    assertThat(failed).containsOnlyKeys(fault.cases);
    assertThat(failed)
        .allSatisfy((name, message) -> assertThat(message).startsWith(name + ": expected "));
  }

  private static Void play(ContractCase each, Map<String, String> failed) throws Exception {
    try {
      each.run();
    } catch (AssertionError e) {
      failed.put(each.name(), e.getMessage());
    }
    return null;
  }

  @Test
  void listsWhatACarrierLacksWithItsReason() throws Exception {
    String name = "a dead peer is noticed by its unanswered pings, and disconnected";

    List<ContractCase> cases =
        CarrierContract.of(SmallCarrier::start).without(name, "it cannot ping").cases().toList();

    assertThat(cases).hasSameSizeAs(CarrierContract.cases(SmallCarrier::start).toList());
    assertThat(cases)
        .extracting(ContractCase::name)
        .doesNotContain(name)
        .contains("NOT OFFERED: " + name + " (it cannot ping)");
  }

  @Test
  void knowsTheNamesOfItsCases() {
    CarrierContract contract = CarrierContract.of(SmallCarrier::start);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> contract.without("no such case", "because"))
        .withMessage("expected the name of a case, was no such case");
  }
}
