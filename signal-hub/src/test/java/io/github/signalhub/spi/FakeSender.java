package io.github.signalhub.spi;

import io.github.signalhub.connection.DisconnectReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A platform that records all calls. */
class FakeSender implements CallbackSender {
  final List<String> texts = new ArrayList<>();
  final List<String> calls = new ArrayList<>();
  final Queue<Runnable> done = new ArrayDeque<>();
  final boolean atOnce;
  boolean fails;
  Error error;
  int deepest;

  /**
   * Creates a sender.
   *
   * @param atOnce whether it completes a text within the call, and not on request of the test
   */
  FakeSender(boolean atOnce) {
    this.atOnce = atOnce;
  }

  @Override
  public void send(String text, Runnable done) {
    if (fails) {
      throw new IllegalStateException("on purpose");
    }
    if (error != null) {
      throw error;
    }
    texts.add(text);
    if (texts.size() % 1_000 == 0) {
      deepest = Math.max(deepest, new Throwable().getStackTrace().length);
    }
    if (atOnce) {
      done.run();
    } else {
      this.done.add(done);
    }
  }

  @Override
  public void setReadEnabled(boolean enabled) {
    calls.add(enabled ? "read" : "pause");
  }

  @Override
  public void close(DisconnectReason reason) {
    calls.add("close " + reason.code());
    if (fails) {
      throw new IllegalStateException("on purpose");
    }
  }

  @Override
  public void cut() {
    calls.add("cut");
  }
}
