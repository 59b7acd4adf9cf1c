package io.github.signalhub.testkit.contract;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract over a platform whose sends block, so that each link needs a thread. */
class BlockingTransportContractTest {
  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return ContractTests.of(TransportContract.cases(() -> new CallbackHarness(BlockingPeer::new)));
  }

  private static final class BlockingPeer extends CallbackPeer {
    private final BlockingQueue<Send> sends = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::write, "writer");

    BlockingPeer() {
      writer.setDaemon(true);
      writer.start();
    }

    @Override
    public void send(String text, Runnable done) {
      sends.add(new Send(text, done));
    }

    @Override
    void end() {
      super.end();
      writer.interrupt();
    }

    private void write() {
      try {
        while (true) {
          Send next = sends.take();
          arrive(next.text);
          next.done.run();
        }
      } catch (InterruptedException e) {
        // the end of the test
      }
    }

    private record Send(String text, Runnable done) {}
  }
}
