package io.github.signalhub.testkit.contract;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract over a platform that completes in the call, or later on its own thread. */
class AsynchronousTransportContractTest {
  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return ContractTests.of(
        TransportContract.cases(() -> new CallbackHarness(AsynchronousPeer::new)));
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
