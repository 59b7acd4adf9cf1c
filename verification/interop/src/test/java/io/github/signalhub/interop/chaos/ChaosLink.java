package io.github.signalhub.interop.chaos;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A client's connection and its connection to the server. Confined to the proxy's thread. */
final class ChaosLink {
  private static final int STEPS_AT_ONCE = 8;

  private final ChaosProxy proxy;
  private final LinkPlan plan;
  private final Direction up;
  private final Direction down;
  private boolean silent;
  private boolean stalled;

  ChaosLink(ChaosProxy proxy, LinkPlan plan, SocketChannel client, SocketChannel server) {
    this.proxy = proxy;
    this.plan = plan;
    up = new Direction(plan.up(), client, server);
    down = new Direction(plan.down(), server, client);
  }

  void open(Selector selector) throws IOException {
    for (Direction each : new Direction[] {up, down}) {
      each.from.configureBlocking(false);
      each.from.setOption(StandardSocketOptions.TCP_NODELAY, true);
      each.key = each.from.register(selector, 0, (Runnable) this::onReady);
    }
    onReady();
  }

  private void onReady() {
    try {
      up.pump();
      down.pump();
      if (up.ended && down.ended) {
        close(up.from, false);
        close(down.from, false);
      }
    } catch (IOException e) { // one side has reset the link, so the proxy resets the other
      close(up.from, true);
      close(down.from, true);
    }
    if (up.key.isValid()) {
      up.key.interestOps(up.readInterest() | down.writeInterest());
    }
    if (down.key.isValid()) {
      down.key.interestOps(down.readInterest() | up.writeInterest());
    }
  }

  private void end() {
    proxy.count(plan.end());
    up.pending = null;
    down.pending = null;
    switch (plan.end()) {
      case FIN, RESET -> {
        close(up.from, plan.end() == LinkPlan.End.RESET);
        close(down.from, plan.end() == LinkPlan.End.RESET);
      }
      case CLIENT_ONLY -> {
        silent = true;
        close(up.from, true);
      }
      case SWALLOWED -> silent = true;
      case STALLED -> stalled = true;
      default -> throw new AssertionError(plan.end());
    }
  }

  private static void close(SocketChannel channel, boolean reset) {
    try {
      if (reset && channel.isOpen()) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      channel.close();
    } catch (IOException e) {
      // the connection is gone in either case
    }
  }

  /** One direction of the link. */
  private final class Direction {
    private final LinkPlan.Way way;
    private final SocketChannel from;
    private final SocketChannel to;
    private SelectionKey key; // of the sender's side
    private ByteBuffer pending; // bytes that the proxy has read but not yet written
    private boolean paused;
    private boolean ended;

    private Direction(LinkPlan.Way way, SocketChannel from, SocketChannel to) {
      this.way = way;
      this.from = from;
      this.to = to;
    }

    private int readInterest() {
      boolean waits = paused || ended || stalled || pending != null;
      return waits ? 0 : SelectionKey.OP_READ;
    }

    private int writeInterest() {
      return pending == null || silent || stalled ? 0 : SelectionKey.OP_WRITE;
    }

    private void pump() throws IOException {
      if (pending != null && !silent && !stalled && to.isOpen()) {
        to.write(pending);
        pending = pending.hasRemaining() ? pending : null;
      }
      for (int i = 0; i < STEPS_AT_ONCE && from.isOpen() && readInterest() != 0; i++) {
        if (!step()) {
          return;
        }
      }
    }

    /** Moves bytes once, and returns whether there may be more. */
    private boolean step() throws IOException {
      boolean planned = !proxy.isCalm() && !silent;
      ByteBuffer bytes = proxy.scratch().clear();
      if (planned) {
        bytes.limit(way.stepBytes());
      }
      if (!bytes.hasRemaining()) {
        end();
        return false;
      }
      int count = from.read(bytes);
      if (count < 0 && silent) {
        close(from, false);
      } else if (count < 0) {
        ended = true;
        to.shutdownOutput();
      }
      if (count <= 0 || silent) {
        return count > 0;
      }
      to.write(bytes.flip());
      if (bytes.hasRemaining()) {
        pending = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
      }
      int millis = planned ? way.pauseMillisAfter(count) : 0;
      if (millis > 0) {
        paused = true;
        proxy.later(millis, this::resume);
      }
      return true;
    }

    private void resume() {
      paused = false;
      onReady();
    }
  }
}
