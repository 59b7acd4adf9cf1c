package io.github.signalhub.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.AdmissionRequest;
import io.github.signalhub.admission.Verdict;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.CallbackLink;
import io.github.signalhub.spi.CallbackSender;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.LinkTimeouts;
import io.github.signalhub.testkit.contract.SmallPlatform.Answer;
import io.github.signalhub.testkit.contract.SmallPlatform.Request;
import io.github.signalhub.testkit.contract.SmallPlatform.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A correct adapter between {@link SmallPlatform} and {@link CallbackTransport}. It has a reading
 * and a writing thread for each connection. Thread-safe.
 */
class SmallCarrier {
  /** The time after which a reading thread checks whether its connection was cut. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  final CarrierSettings settings;
  final SmallPlatform platform;
  private final ThreadPoolExecutor loops =
      new ThreadPoolExecutor(
          2, 2, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), SmallPlatform::thread);
  private final CallbackTransport transport;
  private final Admission admission;

  SmallCarrier(CarrierSettings settings) throws IOException {
    this.settings = settings;
    admission = admission();
    transport = CallbackTransport.builder("small", loops).loops(2).timeouts(timeouts()).build();
    platform = new SmallPlatform(this::answer);
    loops.allowCoreThreadTimeOut(true); // connections that end late still report to the hub
    settings.hub().attach(transport);
  }

  static RunningCarrier start(CarrierSettings settings) throws IOException {
    return new SmallCarrier(settings).running();
  }

  RunningCarrier running() {
    return new RunningCarrier(platform.port(), "/ws", this::stop).withPage("/page");
  }

  /** Stops in good order. The hub sends everything and 1001 before the platform is closed. */
  void stop(Duration atMost) throws IOException {
    settings.hub().drain(transport, atMost);
    transport.stop();
    settings.hub().detach(transport);
    platform.close();
  }

  private Answer answer(Request request) {
    if (request.path().equals("/page")) {
      return new Answer(200);
    }
    Verdict verdict = admission.admit(asked(request), transport, settings.hub());
    if (verdict instanceof Verdict.Admitted admitted) {
      Handshake handshake = admitted.handshake();
      Map<String, String> fields =
          admitted
              .subprotocol()
              .map(name -> Map.of("Sec-WebSocket-Protocol", name))
              .orElse(Map.of());
      return new Answer(101, fields, session -> opened(new Connection(session), handshake));
    }
    Verdict.Refused refused = (Verdict.Refused) verdict;
    return new Answer(refused.status(), refused.headers(), session -> {});
  }

  private static AdmissionRequest asked(Request request) {
    return AdmissionRequest.builder(request.peer())
        .path(request.path())
        .query(request.query())
        .headers(request.lines())
        .build();
  }

  /** Returns the admission that decides which clients may connect. */
  Admission admission() {
    return settings.admission();
  }

  private void opened(Connection connection, Handshake handshake) {
    try {
      connection.link = transport.open(handshake, sender(connection));
    } catch (IllegalStateException e) { // the hub was closed meanwhile
      connection.session.cut();
      return;
    }
    SmallPlatform.thread(connection::write).start();
    serve(connection::read);
  }

  /** Reads from a connection on its own thread. The container's threads are for requests. */
  void serve(Runnable reading) {
    SmallPlatform.thread(reading).start();
  }

  /** Returns the sender. It sends one text at a time, and reports each when it is taken. */
  CallbackSender sender(CallbackSender connection) {
    return connection;
  }

  /** Returns whether reading stops while the hub takes no messages. */
  boolean heedsDemand() {
    return true;
  }

  /** Returns the deadlines of each connection, which the transport keeps. */
  LinkTimeouts timeouts() {
    return settings.timeouts();
  }

  /** One connection. Only the reading thread reports its end. */
  final class Connection implements CallbackSender {
    final Session session;
    private final BlockingQueue<Job> jobs = new LinkedBlockingQueue<>(); // a text, a ping, a close
    private volatile CallbackLink link;
    private volatile DisconnectReason closing;
    private volatile boolean cut;

    private Connection(Session session) {
      this.session = session;
    }

    private interface Job {
      void run() throws IOException;
    }

    @Override
    public void send(String text, Runnable done) {
      jobs.add(
          () -> {
            session.write(1, text.getBytes(UTF_8));
            done.run();
          });
    }

    @Override
    public void close(DisconnectReason reason) {
      closing = reason;
      jobs.add(() -> writeClose(reason));
    }

    @Override
    public boolean ping() {
      jobs.add(() -> session.write(9, new byte[0]));
      return true;
    }

    @Override
    public void cut() {
      cut = true;
      session.cut();
    }

    private void write() {
      try {
        while (!cut) {
          jobs.take().run();
        }
      } catch (IOException | InterruptedException e) {
        cut();
      }
    }

    private void writeClose(DisconnectReason reason) throws IOException {
      byte[] text = reason.reason().getBytes(UTF_8);
      ByteBuffer payload = ByteBuffer.allocate(2 + text.length);
      session.write(8, payload.putShort((short) reason.code()).put(text).array());
    }

    private void read() {
      DisconnectReason end = DisconnectReason.ABNORMAL;
      try {
        boolean open = true;
        while (open) {
          awaitDemand();
          Session.Event event = session.read(settings.hub().maxClientMessageBytes());
          link.received();
          if (event == null) {
            closing = DisconnectReason.TOO_LARGE;
            writeClose(DisconnectReason.TOO_LARGE);
            open = false;
          } else if (event.opcode() == 8) {
            end = closing == null ? reasonOf(event.payload()) : closing;
            if (closing == null) {
              session.write(8, event.payload());
            }
            open = false;
          } else if (event.opcode() == 1) {
            link.text(new String(event.payload(), UTF_8));
          } else if (event.opcode() == 2) {
            link.binary(event.payload());
          }
        }
      } catch (IOException | InterruptedException e) {
        // the connection ended or was cut
      }
      link.closed(closing == null ? end : closing);
      cut();
      jobs.add(() -> {}); // wakes the writing thread
    }

    /** Waits while the hub takes no messages. The peer's writes then block. */
    private void awaitDemand() throws InterruptedException {
      while (heedsDemand() && !cut && !link.awaitReading(LOOK)) {}
    }

    private DisconnectReason reasonOf(byte[] payload) {
      return payload.length < 2
          ? DisconnectReason.NO_STATUS
          : new DisconnectReason(
              ByteBuffer.wrap(payload).getShort() & 0xFFFF,
              new String(payload, 2, payload.length - 2, UTF_8));
    }
  }
}
