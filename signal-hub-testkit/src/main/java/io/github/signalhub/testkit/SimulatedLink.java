package io.github.signalhub.testkit;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.util.Optional;

/**
 * One link from its handshake to its end: a link in memory with a delay in each direction. Its two
 * ends may learn of its end at different times. Confined to the test's thread.
 */
final class SimulatedLink implements LinkOptions.Listener {
  /** The number of the hub's bytes that a silent link loses, as network buffers hold them. */
  private static final long VOID_BYTES = 64 * 1024;

  private final SimulatedNetwork network;
  private final SimulatedClient client;
  private final MemoryTransport hub;
  private Pipe up;
  private Pipe down;
  private MemoryLink memory;
  private boolean silent;
  private boolean hubLeft;
  private boolean clientLeft;
  private long readable = Long.MAX_VALUE;
  private long stalls;

  SimulatedLink(SimulatedNetwork network, SimulatedClient client) {
    this.network = network;
    this.client = client;
    hub = network.reachable();
    up = network.pipe();
    down = network.pipe();
  }

  /** Returns how often rights were taken back so far. */
  long revocations() {
    return hub.revocations();
  }

  /** Sends the handshake. */
  void open(Handshake handshake) {
    network.add(this);
    up.send(() -> register(handshake));
  }

  private void register(Handshake handshake) {
    try {
      LinkOptions options = LinkOptions.DEFAULT.withListener(this).withReadableBytes(readable);
      memory = hub.connect(handshake, options);
    } catch (IllegalStateException e) { // there is no open hub
      hubLeft = true;
      down.send(() -> leave(DisconnectReason.ABNORMAL));
    }
  }

  /** Sends a text of the client. */
  void send(String text) {
    up.send(
        () -> {
          if (!hubLeft) {
            memory.send(text);
          }
        });
  }

  /** Closes the link from the client's side. The client gets nothing more from it. */
  void close(DisconnectReason reason) {
    up.send(
        () -> {
          if (!hubLeft) {
            memory.close(reason);
          }
        });
    down.cut();
    clientLeft = true;
    removeIfOver();
  }

  /** Breaks the link. Both ends learn of it. */
  void cut() {
    up.cut();
    down.cut();
    silent = false;
    down = network.pipe();
    if (hubLeft || memory == null) {
      hubLeft = true;
      down.send(() -> leave(DisconnectReason.ABNORMAL));
    } else {
      memory.cut();
    }
  }

  /** Breaks the link. Each end notices it only by its time-out. */
  void goSilent() {
    if (silent || memory == null || hubLeft || clientLeft) {
      return;
    }
    silent = true;
    up.cut();
    down.cut();
    memory.read(VOID_BYTES);
    network.timeline().after(network.deadPeerNanos(), this::missTheClient);
    network.timeline().after(network.deadPeerNanos(), this::missTheHub);
  }

  /** Returns the id that the hub gave the client; empty before and after. */
  Optional<String> clientId() {
    return memory == null || hubLeft ? Optional.empty() : Optional.of(memory.clientId());
  }

  /** Lets the client read so many bytes more, and then none until the next call. */
  void hold(long bytes) {
    readable = bytes;
    stalls++;
    if (memory != null && !silent) {
      memory.read(bytes);
    }
  }

  /** Lets the client read so many bytes more, and then none for a time. */
  void stallFor(long bytes, long nanos) {
    if (isHeld() || silent || memory == null || hubLeft) {
      return;
    }
    long stall = ++stalls;
    memory.read(bytes);
    network
        .timeline()
        .after(
            nanos,
            () -> {
              if (stall == stalls) {
                heal();
              }
            });
  }

  void heal() {
    if (silent) {
      cut();
    } else if (!isHeld() && memory != null) {
      memory.resume();
    }
  }

  @Override
  public void text(String text) {
    down.send(() -> client.arrived(text));
  }

  /** Lets the server cut a closing link whose client does not read in time. */
  @Override
  public void closing() {
    network.timeline().after(network.deadPeerNanos(), this::missTheClient);
  }

  @Override
  public void ended(DisconnectReason reason) {
    hubLeft = true;
    down.send(() -> leave(reason));
    removeIfOver();
  }

  /** Returns whether the test has limited the client's reading. */
  private boolean isHeld() {
    return readable != Long.MAX_VALUE;
  }

  private void missTheClient() {
    if (!hubLeft) {
      memory.cut();
    }
  }

  private void missTheHub() {
    if (silent) {
      leave(DisconnectReason.ABNORMAL);
    }
  }

  private void leave(DisconnectReason reason) {
    if (!clientLeft) {
      clientLeft = true;
      removeIfOver();
      client.ended(reason);
    }
  }

  private void removeIfOver() {
    if (hubLeft && clientLeft) {
      network.remove(this);
    }
  }
}
