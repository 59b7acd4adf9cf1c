package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.bytes;
import static io.github.signalhub.jdkserver.internal.ws.Wire.frame;
import static io.github.signalhub.jdkserver.internal.ws.Wire.join;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory outside the heap that a connection holds, and its release. */
class InflationTest {
  private static final int BINARY = 0xC2;
  private static final int FIRST_OF_BINARY = 0x42;
  private static final int LAST = 0x80;
  private static final DeflateParameters AGREED = new DeflateParameters(true, OptionalInt.empty());

  private final PermessageDeflate deflate = new PermessageDeflate(2);

  @Test
  void inflatersAreBorrowedFromTheFirstByteOfAMessageToItsEnd() {
    RecordingPeer peer = new RecordingPeer(WebSocketLimits.DEFAULT, deflate, AGREED);
    assertThat(deflate.lent()).isZero();

    peer.receives(1, frame(FIRST_OF_BINARY, bytes("f248")));
    assertThat(deflate.lent()).isOne();
    peer.receives(1, frame(LAST, bytes("cdc9c90700")));

    assertThat(deflate.lent()).isZero();
  }

  @Test
  void inflatersAreGivenBackWithAMessageThatIsGivenUp() throws Exception {
    MessageAssembler assembler =
        new MessageAssembler(
            WebSocketLimits.DEFAULT,
            () -> new PartialMessageBudget(Long.MAX_VALUE).share(this, () -> {}),
            deflate.inflation(AGREED, () -> true));
    FrameHeader header = new FrameHeader(true, true, FrameEncoder.TEXT, 7, 0);
    assembler.begin(header);
    assembler.append(ByteBuffer.wrap(bytes("f248")), 2, header, 0);
    assertThat(deflate.lent()).isOne();

    assembler.release();

    assertThat(deflate.lent()).isZero();
    assembler.begin(header);
    assembler.append(ByteBuffer.wrap(bytes("f248cdc9c90700")), 7, header, 0);
    assertThat(assembler.finish()).asString().isEqualTo("Hello");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void inflatersAreGivenBackHoweverAConnectionEnds(boolean clientNoContextTakeover) {
    byte[] begun = frame(FIRST_OF_BINARY, bytes("f248"));
    DeflateParameters agreed = new DeflateParameters(clientNoContextTakeover, OptionalInt.empty());
    for (byte[] end :
        new byte[][] {
          frame(0x88, bytes("03e8")), // the peer closes
          frame(LAST, bytes("07")), // breaks DEFLATE
          frame(0x82, bytes("")), // breaks the protocol
          new byte[0], // disappears
        }) {
      RecordingPeer peer = new RecordingPeer(WebSocketLimits.DEFAULT, deflate, agreed);

      peer.receives(3, join(begun, end));
      peer.protocol.close();
      peer.protocol.close();
      peer.receives(3, frame(BINARY, bytes("f248cdc9c90700")));

      assertThat(deflate.lent()).isZero();
      assertThat(peer.protocol.state()).isEqualTo(WebSocketProtocol.State.CLOSED);
    }
  }

  @Test
  void inflatersAreGivenBackIfACallbackCloses() {
    RecordingPeer peer = new RecordingPeer(WebSocketLimits.DEFAULT, deflate, AGREED);
    peer.onEvent = peer.protocol::close;

    peer.receives(
        Integer.MAX_VALUE,
        join(
            frame(FIRST_OF_BINARY, bytes("f248")),
            frame(0x8A, bytes("")),
            frame(LAST, bytes("cdc9c90700"))));

    assertThat(peer.events).containsExactly("pong ");
    assertThat(deflate.lent()).isZero();
  }

  @Nested
  class Windows {
    private static final DeflateParameters REFERS_BACK =
        new DeflateParameters(false, OptionalInt.empty());
    private static final byte[] HELLO = frame(0xC1, bytes("f248cdc9c90700"));
    private static final byte[] HELLO_AGAIN = frame(0xC1, bytes("f200110000")); // §7.2.3.2

    private final RecordingPeer peer =
        new RecordingPeer(WebSocketLimits.DEFAULT, deflate, REFERS_BACK);

    @Test
    void areTakenOnceAtTheFirstCompressedMessage() {
      peer.receives(1, frame(0x81, bytes("61"))).receives(1, frame(0xC1, bytes("00")));
      assertThat(peer.windows).isZero();

      peer.receives(1, HELLO).receives(1, HELLO_AGAIN);

      assertThat(peer.windows).isOne();
      assertThat(peer.events).containsExactly("text a", "text ", "text Hello", "text Hello");
    }

    @Test
    void areNotTakenByClientsThatCompressEachMessageByItself() {
      RecordingPeer apart =
          new RecordingPeer(WebSocketLimits.DEFAULT, deflate, AGREED).receives(1, HELLO);

      assertThat(apart.windows).isZero();
    }

    @Test
    void thatAreMissingEndTheConnectionAfterTheMessage() {
      peer.hasWindowRoom = false;

      peer.receives(1, join(HELLO, HELLO_AGAIN));

      assertThat(peer.events)
          .containsExactly(
              "text Hello",
              "failed 1013 no room for what compressed messages refer back to,"
                  + " try again without compression");
    }

    @Test
    void thatAreMissingAreToldOfOnlyAfterAMessageIsComplete() {
      peer.hasWindowRoom = false;

      peer.receives(1, frame(0x81, bytes("61")))
          .receives(1, frame(FIRST_OF_BINARY, bytes("f248cd")));
      assertThat(peer.events).containsExactly("text a");
      peer.receives(1, frame(LAST, bytes("c9c90700")));

      assertThat(peer.events).hasSize(3).element(1).isEqualTo("binary 48656c6c6f");
    }
  }
}
