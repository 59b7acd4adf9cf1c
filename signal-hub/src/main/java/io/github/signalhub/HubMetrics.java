package io.github.signalhub;

import io.github.signalhub.internal.inbound.InboundBudget;
import io.github.signalhub.internal.inbound.InboundCounters;
import io.github.signalhub.internal.inbound.PendingAnswers;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.node.Node;
import io.github.signalhub.internal.presence.Presence;
import io.github.signalhub.internal.refs.RefSessions;
import io.github.signalhub.internal.session.SessionCounters;
import io.github.signalhub.metrics.Metric;
import io.github.signalhub.spi.ClientLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The metrics of a hub: a name for each counter, and each figure that the parts of the hub keep. It
 * keeps none itself. Thread-safe.
 *
 * @param clients returns how many clients there are
 * @param comings count the clients that came and went
 * @param node this node of several; {@code null}: the hub is alone
 */
record HubMetrics(
    HubOptions options,
    LongSupplier clients,
    Comings comings,
    SessionCounters sessions,
    HubLog log,
    Publisher publisher,
    Listeners listeners,
    Callbacks callbacks,
    InboundCounters inbound,
    InboundBudget budget,
    PendingAnswers pending,
    RefSessions refs,
    Presence presence,
    Node node) {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The statuses that are counted. A client that is being closed is no refusal. */
  private static final List<PublishResult.Status> REFUSALS =
      List.of(
          PublishResult.Status.OVERLOADED,
          PublishResult.Status.TOO_LARGE,
          PublishResult.Status.TOO_MANY_KEYS,
          PublishResult.Status.TABLES_FULL,
          PublishResult.Status.UNAVAILABLE,
          PublishResult.Status.UNCONFIRMED,
          PublishResult.Status.CLOSED,
          PublishResult.Status.NO_SUCH_CLIENT,
          PublishResult.Status.CLIENT_FULL);

  /** Returns all of them. */
  List<Metric> all() {
    List<Metric> all = new ArrayList<>();
    ofClients(all);
    ofMessages(all);
    ofClientsMessages(all);
    ofMemory(all);
    ofLimits(all);
    if (node != null) {
      ofNodes(all);
    }
    return List.copyOf(all);
  }

  private void ofClients(List<Metric> all) {
    all.add(gauge("clients", "clients", "Clients that are connected.", clients));
    all.add(counter("connected", "clients", "Clients that have connected.", comings::connected));
    for (String code : comings.codes()) {
      String help = "Clients whose connections ended, by close code. other: the application's own.";
      LongSupplier value = () -> comings.ended(code);
      all.add(counter("disconnected", "clients", help, value).withLabel("code", code));
    }
    String help = "Clients that came back with an id, by whether they missed nothing.";
    all.add(outcome(help, "resumed", sessions::resumed));
    all.add(outcome(help, "gap", sessions::notResumed));
    all.add(counter("gaps", "gaps", "Gaps that clients were told of.", sessions::gaps));
    all.add(
        counter(
            "lags",
            "lags",
            "Times that a client read more slowly than its topics keep messages.",
            sessions::lags));
    all.add(
        counter(
            "lag.closed",
            "clients",
            "Clients that were closed with 4100 because they read too slowly.",
            () -> comings.ended("4100")));
  }

  private static Metric outcome(String help, String outcome, LongSupplier value) {
    return counter("returned", "clients", help, value).withLabel("outcome", outcome);
  }

  private void ofMessages(List<Metric> all) {
    all.add(counter("published", "messages", "Messages that were accepted.", log::appended));
    for (PublishResult.Status status : REFUSALS) {
      String reason = status.name().toLowerCase(Locale.ROOT);
      String help = "Messages that were not accepted, by status.";
      LongSupplier value = () -> publisher.refused(status);
      all.add(counter("refused", "messages", help, value).withLabel("status", reason));
    }
    all.add(
        counter(
            "delivered",
            "messages",
            "Messages that connections accepted, counted for each client.",
            sessions::delivered));
    all.add(
        counter(
            "sent",
            "bytes",
            "Bytes that connections accepted: frames, control messages included.",
            sessions::sentBytes));
  }

  private void ofClientsMessages(List<Metric> all) {
    all.add(
        counter(
            "received",
            "messages",
            "Messages of clients that listeners were given.",
            listeners::received));
    all.add(
        counter("received.bytes", "bytes", "Bytes of the messages of clients.", inbound::bytes));
    all.add(
        counter(
            "ignored", "messages", "Texts of clients that are no messages.", listeners::ignored));
    all.add(
        counter(
            "failed",
            "callbacks",
            "Exceptions that listeners and hooks threw, refusals excepted.",
            listeners::failures));
    all.add(
        gauge(
            "waiting",
            "messages",
            "Messages of clients that wait for listeners or are in them.",
            inbound::waiting));
    all.add(gauge("pending", "answers", "Requests whose answers are pending.", pending::size));
    all.add(
        gauge(
            "busy",
            "callbacks",
            "Turns of listeners that run or wait for a thread.",
            callbacks::busy));
  }

  private void ofMemory(List<Metric> all) {
    all.add(gauge("topics", "topics", "Topics with messages or subscribers.", log::topicCount));
    all.add(gauge("retained", "messages", "Messages in the log.", log::size));
    all.add(gauge("log", "bytes", "Heap of the log.", log::bytes));
    all.add(limit("log", "maxLogBytes", options.maxLogBytes));
    all.add(gauge("tables", "bytes", "Heap of the keys of compacted topics.", log::tableBytes));
    all.add(limit("tables", "maxTableBytes", options.maxTableBytes));
    all.add(gauge("presence", "bytes", "Heap of users in topics.", presence::bytes));
    all.add(limit("presence", "maxPresenceBytes", options.presenceLimits().bytes()));
    all.add(gauge("inbound", "bytes", "Heap of clients' messages.", budget::used));
    all.add(limit("inbound", "maxWaitingBytes", options.maxWaitingBytes));
    all.add(gauge("refs", "bytes", "Heap of remembered refs and answers.", refs::bytes));
    all.add(limit("refs", "remembered refs", refs.maxBytes()));
    all.add(gauge("sessions", "sessions", "Sessions that are remembered.", refs::size));
  }

  private static Metric limit(String of, String option, long bytes) {
    return gauge(of + ".limit", "bytes", "The most of it: " + option + ".", () -> bytes);
  }

  private void ofLimits(List<Metric> all) {
    all.add(hits("maxClientMessageBytes", this::tooLargeMessages));
    all.add(hits("maxClientMessagesPerSecond", inbound::tooMany));
    all.add(hits("maxWaitingBytes", budget::evictions));
    all.add(hits("requestTimeout", pending::timeouts));
    all.add(hits("maxAnswerBytes", listeners.requests()::tooLong));
    all.add(hits("maxTopicsPerClient", () -> presence.joins(Presence.Joined.TOO_MANY)));
    all.add(hits("maxPresenceBytes", () -> presence.joins(Presence.Joined.FULL)));
    all.add(hits("maxLogBytes", () -> publisher.refused(PublishResult.Status.OVERLOADED)));
    all.add(hits("maxTableBytes", () -> publisher.refused(PublishResult.Status.TABLES_FULL)));
    all.add(hits("withMaxKeys", () -> publisher.refused(PublishResult.Status.TOO_MANY_KEYS)));
    all.add(hits("maxPublishedBytes", () -> publisher.refused(PublishResult.Status.TOO_LARGE)));
    for (ClientLimit limit : ClientLimit.values()) {
      if (limit != ClientLimit.MESSAGE_BYTES) { // counted with the hub's own above
        all.add(hits(limit.label(), () -> sessions.reached(limit)));
      }
    }
  }

  private long tooLargeMessages() {
    return inbound.tooLarge() + sessions.reached(ClientLimit.MESSAGE_BYTES);
  }

  private static Metric hits(String limit, LongSupplier value) {
    return counter("limits", "hits", "Times that a limit was reached, by its name.", value)
        .withLabel("limit", limit);
  }

  private void ofNodes(List<Metric> all) {
    all.add(
        gauge(
            "unsettled",
            "messages",
            "Messages that were handed over and have not settled.",
            node::pending));
    all.add(
        counter(
            "restarts", "restarts", "Times that the messages were begun anew.", node::restarts));
    all.add(
        counter(
            "beyond.limit",
            "messages",
            "Messages for which a full log grew beyond maxLogBytes.",
            node::beyondLimit));
    all.add(
        Metric.gauge(
            name("staleness"),
            "seconds",
            "Time since this node last knew that it has everything.",
            () -> node.staleNanos() / NANOS));
    all.add(
        counter(
            "late.closed",
            "clients",
            "Clients that were closed with 1013 because this node did not get their ids in time.",
            sessions::late));
  }

  private static Metric counter(String name, String unit, String help, LongSupplier value) {
    return Metric.counter(name(name), unit, help, value::getAsLong);
  }

  private static Metric gauge(String name, String unit, String help, LongSupplier value) {
    return Metric.gauge(name(name), unit, help, value::getAsLong);
  }

  private static String name(String name) {
    return "signalhub." + name;
  }
}
