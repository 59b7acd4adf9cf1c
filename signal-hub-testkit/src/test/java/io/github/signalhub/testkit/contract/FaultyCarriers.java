package io.github.signalhub.testkit.contract;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.CallbackSender;
import io.github.signalhub.spi.LinkTimeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;

/** Adapters that have one fault each. Adapters for other servers had these faults. */
final class FaultyCarriers {
  private FaultyCarriers() {}

  /** Reads from its connections on the container's threads, so each connection holds a thread. */
  static final class Parking extends SmallCarrier {
    Parking(CarrierSettings settings) throws IOException {
      super(settings);
    }

    @Override
    void serve(Runnable reading) {
      reading.run();
    }
  }

  /** Accepts every text at once, and keeps it until the peer reads. */
  static final class Hoarding extends SmallCarrier {
    Hoarding(CarrierSettings settings) throws IOException {
      super(settings);
    }

    @Override
    CallbackSender sender(CallbackSender honest) {
      return new Hoard(honest);
    }

    @Override
    boolean heedsDemand() {
      return false;
    }

    private static final class Hoard implements CallbackSender {
      private final CallbackSender honest;

      private Hoard(CallbackSender honest) {
        this.honest = honest;
      }

      @Override
      public void send(String text, Runnable done) {
        honest.send(text, () -> {});
        done.run();
      }

      @Override
      public void close(DisconnectReason reason) {
        honest.close(reason);
      }

      @Override
      public boolean ping() {
        return honest.ping();
      }

      @Override
      public void cut() {
        honest.cut();
      }
    }
  }

  /** Has no deadlines. */
  static final class Patient extends SmallCarrier {
    Patient(CarrierSettings settings) throws IOException {
      super(settings);
    }

    @Override
    LinkTimeouts timeouts() {
      return LinkTimeouts.NONE;
    }
  }

  /** Closes the platform when it is stopped, as a container does with its adapters. */
  static final class Abrupt extends SmallCarrier {
    Abrupt(CarrierSettings settings) throws IOException {
      super(settings);
    }

    @Override
    void stop(Duration atMost) throws IOException {
      platform.close();
      super.stop(atMost);
    }
  }

  /** Lets pages of every origin connect. */
  static final class Open extends SmallCarrier {
    Open(CarrierSettings settings) throws IOException {
      super(settings);
    }

    @Override
    Admission admission() {
      Admission.Builder builder =
          Admission.builder().bindAddress(InetAddress.getLoopbackAddress()).allowAnyOrigin();
      settings.hook().ifPresent(builder::handshake);
      return builder.build();
    }
  }
}
