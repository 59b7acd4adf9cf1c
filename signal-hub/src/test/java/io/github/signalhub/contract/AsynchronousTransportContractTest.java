package io.github.signalhub.contract;

import java.util.ArrayDeque;
import java.util.Queue;

/** Over a platform that says "done" within the call, or later on a thread of its own. */
class AsynchronousTransportContractTest extends TransportContract {
  @Override
  protected TransportHarness newHarness() {
    return new CallbackHarness(AsynchronousPeer::new);
  }

  private static final class AsynchronousPeer extends CallbackPeer {
    private final Queue<Runnable> later = new ArrayDeque<>();
    private boolean stalled;
    private int sends;

    @Override
    public void send(String text, Runnable done) {
      synchronized (this) {
        Runnable arrival =
            () -> {
              try {
                arrive(text);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              done.run();
            };
        if (stalled || ++sends % 3 == 0) {
          later.add(arrival);
          return;
        }
        arrival.run();
      }
    }

    @Override
    public synchronized void stall() {
      stalled = true;
    }

    @Override
    public synchronized void resume() {
      stalled = false;
    }

    @Override
    void pump() {
      super.pump();
      synchronized (this) {
        while (!stalled && !later.isEmpty()) {
          later.remove().run();
        }
      }
    }
  }
}
