package io.github.signalhub.examples;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.examples.SimulatedWork.Sleeper;
import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.NodeDefinition;
import io.github.signalhub.examples.flow.Retry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** The flows of a small payments company, and the amounts that they book. Thread-safe. */
final class ExampleFlows {
  private static final Retry PATIENT = new Retry(4, Duration.ofMillis(120));
  private static final Retry ONCE_MORE = new Retry(2, Duration.ofMillis(150));

  private final RandomGenerator random;
  private final Sleeper sleeper;
  private final List<Entry> entries;

  /** The ledger entry of a finished run. The amount varies from run to run. */
  private record Booking(String description, long minCents, long maxCents, String currency) {}

  private record Entry(FlowDefinition flow, Booking booking) {}

  /** A booked sum. */
  record Amount(String description, BigDecimal amount, String currency) {}

  ExampleFlows(RandomGenerator random, Sleeper sleeper) {
    this.random = requireNonNull(random, "random");
    this.sleeper = requireNonNull(sleeper, "sleeper");
    entries = List.of(dailySettlement(), invoiceBatch(), fraudScreening(), monthEndClose());
  }

  List<FlowDefinition> definitions() {
    return entries.stream().map(Entry::flow).toList();
  }

  /** Returns the amount of one run of the flow. */
  Amount amountOf(long flowId) {
    Booking booking =
        entries.stream()
            .filter(entry -> entry.flow().id() == flowId)
            .findFirst()
            .orElseThrow()
            .booking();
    long cents = random.nextLong(booking.minCents(), booking.maxCents());
    return new Amount(booking.description(), BigDecimal.valueOf(cents, 2), booking.currency());
  }

  private Entry dailySettlement() {
    return new Entry(
        new FlowDefinition(
            1,
            "Daily settlement",
            List.of(
                node("trades", "Import trades", 350),
                node("payments", "Import payments", 450),
                flaky("rates", "Fetch FX rates", 220),
                node("match", "Match", 600, "trades", "payments"),
                node("value", "Value positions", 400, "trades", "rates"),
                node("net", "Net", 300, "match", "value"),
                node("report", "Report", 250, "net"))),
        new Booking("Net position settled", 1_250_000, 9_800_000, "EUR"));
  }

  private Entry invoiceBatch() {
    return new Entry(
        new FlowDefinition(
            2,
            "Invoice batch",
            List.of(
                node("orders", "Collect orders", 300),
                node("price", "Price", 350, "orders"),
                node("tax", "Tax", 250, "orders"),
                node("render", "Render", 900, "price", "tax"),
                node("archive", "Archive", 200, "render"),
                node("send", "Send", 300, "render"))),
        new Booking("Invoices issued", 320_000, 2_400_000, "EUR"));
  }

  private Entry fraudScreening() {
    return new Entry(
        new FlowDefinition(
            3,
            "Fraud screening",
            List.of(
                node("load", "Load payments", 250),
                node("rules", "Check rules", 350, "load"),
                node("score", "Score", 500, "load"),
                mayGiveUp("lists", "Sanctions lists", 400, "load"),
                node("decide", "Decide", 200, "rules", "score", "lists"))),
        new Booking("Payments released", 80_000, 900_000, "USD"));
  }

  private Entry monthEndClose() {
    return new Entry(
        new FlowDefinition(
            4,
            "Month-end close",
            List.of(
                node("accruals", "Accruals", 400),
                node("fixed", "Depreciation", 300),
                flaky("bank", "Bank statements", 350),
                node("intercompany", "Intercompany", 450, "accruals"),
                node("reconcile", "Reconcile", 500, "bank", "accruals"),
                node("trial", "Trial balance", 350, "fixed", "intercompany", "reconcile"),
                node("approve", "Approve", 200, "trial"),
                node("publish", "Publish", 250, "approve"))),
        new Booking("Period closed", 4_000_000, 25_000_000, "EUR"));
  }

  private NodeDefinition node(String id, String label, long meanMillis, String... dependsOn) {
    return node(id, label, meanMillis, 0, 0, Retry.NEVER, dependsOn);
  }

  /** Returns a node that often fails at first, but never four times in one run. */
  private NodeDefinition flaky(String id, String label, long meanMillis, String... dependsOn) {
    return node(id, label, meanMillis, 0.45, 3, PATIENT, dependsOn);
  }

  /** Returns a node that gives up in about every sixth run. */
  private NodeDefinition mayGiveUp(String id, String label, long meanMillis, String... dependsOn) {
    return node(id, label, meanMillis, 0.4, 2, ONCE_MORE, dependsOn);
  }

  private NodeDefinition node(
      String id,
      String label,
      long meanMillis,
      double failureProbability,
      int failingAttempts,
      Retry retry,
      String... dependsOn) {
    return new NodeDefinition(
        id,
        label,
        List.of(dependsOn),
        new SimulatedWork(meanMillis, failureProbability, failingAttempts, random, sleeper),
        retry);
  }
}
