package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Checks that each client's callbacks come one at a time and in order: first the connection, then
 * its messages by their counts, and last its end, once. Thread-safe.
 */
final class StressListener implements HubListener {
  final LongAdder connected = new LongAdder();
  final LongAdder messages = new LongAdder();
  final LongAdder disconnected = new LongAdder();
  private final Map<String, Calls> present = new ConcurrentHashMap<>();
  private final Consumer<String> violations;

  StressListener(Consumer<String> violations) {
    this.violations = violations;
  }

  private static final class Calls {
    final AtomicBoolean busy = new AtomicBoolean();
    long messages; // guarded by the serial order of calls, which busy checks
  }

  @Override
  public void onConnect(Client client) {
    connected.increment();
    if (present.putIfAbsent(client.id(), new Calls()) != null) {
      violations.accept(client + " connected twice");
    }
  }

  @Override
  public void onMessage(Client client, Message message) {
    messages.increment();
    one(
        client,
        calls -> {
          if (((Number) message.payload()).longValue() != ++calls.messages) {
            violations.accept(client + ": not message " + calls.messages + ": " + message);
          }
          Thread.yield(); // gives a concurrent call the time to happen
        });
  }

  @Override
  public void onDisconnect(Client client, DisconnectReason reason) {
    disconnected.increment();
    one(client, calls -> present.remove(client.id()));
  }

  private void one(Client client, Consumer<Calls> call) {
    Calls calls = present.get(client.id());
    if (calls == null) {
      violations.accept(client + " is called without being connected");
    } else if (!calls.busy.compareAndSet(false, true)) {
      violations.accept(client + " is called twice at a time");
    } else {
      call.accept(calls);
      calls.busy.set(false);
    }
  }
}
