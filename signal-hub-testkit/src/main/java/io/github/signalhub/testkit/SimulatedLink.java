package io.github.signalhub.testkit;

import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Handshake;
import java.util.Optional;

/**
 * One link from its handshake to its end: a link in memory with a way of some length before either
 * end. Its ends may learn at different times that it is gone. Confined to the test's thread.
 */
final class SimulatedLink implements LinkOptions.Listener {
  /** How many bytes of the hub a silent link swallows: what buffers on the way hold. */
  private static final long VOID_BYTES = 64 * 1024;

  private final SimulatedNetwork network;
  private final SimulatedClient client;
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
    up = network.pipe();
    down = network.pipe();
  }

  /** Sends the handshake. */
  void open(Handshake handshake) {
    network.add(this);
    up.send(() -> register(handshake));
  }

  private void register(Handshake handshake) {
    try {
      LinkOptions options = LinkOptions.DEFAULT.withListener(this).withReadableBytes(readable);
      memory = network.memory().connect(handshake, options);
    } catch (IllegalStateException e) { // nobody is there, or nobody any more
      hubLeft = true;
      down.send(() -> leave(CloseReason.ABNORMAL));
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

  /** Closes the link from the client's side, which hears no more of it. */
  void close(CloseReason reason) {
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

  /** Breaks the link: both ends learn of it. */
  void cut() {
    up.cut();
    down.cut();
    silent = false;
    down = network.pipe();
    if (hubLeft || memory == null) {
      hubLeft = true;
      down.send(() -> leave(CloseReason.ABNORMAL));
    } else {
      memory.cut();
    }
  }

  /** Breaks the link, and nobody learns of it: each end has to find out. */
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

  /** The client reads so many bytes more, and then none until told otherwise. */
  void hold(long bytes) {
    readable = bytes;
    stalls++;
    if (memory != null && !silent) {
      memory.read(bytes);
    }
  }

  /** The client reads so many bytes more, and then none for a time. */
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

  /** A link that is being closed and does not read is cut by the server, sooner or later. */
  @Override
  public void closing() {
    network.timeline().after(network.deadPeerNanos(), this::missTheClient);
  }

  @Override
  public void ended(CloseReason reason) {
    hubLeft = true;
    down.send(() -> leave(reason));
    removeIfOver();
  }

  /** Returns whether the test decides what is read. */
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
      leave(CloseReason.ABNORMAL);
    }
  }

  private void leave(CloseReason reason) {
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
