package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.CallbackLink;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract over a platform that sends several texts together, and receives texts in parts. */
class BatchingTransportContractTest {
  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return ContractTests.of(
        TransportContract.cases(
            () -> new CallbackHarness(BatchingPeer::new, options -> options.maxTextsPerSend(16))));
  }

  private static final class BatchingPeer extends CallbackPeer {
    private static final int PART_CHARS = 7;

    private final BlockingQueue<Send> sends = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::write, "writer");

    BatchingPeer() {
      writer.setDaemon(true);
      writer.start();
    }

    @Override
    public void send(String text, Runnable done) {
      throw new AssertionError("expected texts to be sent together");
    }

    @Override
    public void send(List<String> texts, Runnable done) {
      sends.add(new Send(texts, done));
    }

    @Override
    void report(CallbackLink to, String text) {
      for (int from = 0; from < text.length(); from += PART_CHARS) {
        to.textPart(text.substring(from, Math.min(text.length(), from + PART_CHARS)), false);
      }
      to.textPart("", true);
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
          for (String text : next.texts) {
            arrive(text);
          }
          next.done.run();
        }
      } catch (InterruptedException e) {
        // the end of the test
      }
    }

    private record Send(List<String> texts, Runnable done) {}
  }
}
