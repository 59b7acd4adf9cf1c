package io.github.signalhub.jdkserver.internal.ws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of connections of one loop, each in the middle of something else. A byte of one follows
 * a byte of another, and none notices the others.
 */
class InterleavedConnectionsTest {
  private static final int CONNECTIONS = 300;
  private static final int MESSAGES = 6;
  private static final WebSocketLimits LIMITS = new WebSocketLimits(2_000, 200);
  private static final String TEXT = "naïve € \uD834\uDD1E ";

  private final PermessageDeflate deflate = new PermessageDeflate(1);
  private final PartialMessageBudget memory = new PartialMessageBudget(1 << 28);

  @Test
  void byteByByteOfHundredsOfConnectionsEachGetsItsOwnMessagesInOrder() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(new Client(i));
    }

    int left = CONNECTIONS;
    for (int at = 0; left > 0; at++) {
      left = 0;
      for (Client client : clients) {
        left += client.sendByte(at) ? 1 : 0;
      }
    }

    for (Client client : clients) {
      assertThat(client.server.events).as("of client %s", client.number).isEqualTo(client.expected);
      assertThat(client.written).as("to client %s", client.number).isEqualTo(client.answers);
    }
    assertThat(deflate.lent()).isZero();
    assertThat(memory.heldBytes()).isZero();
  }

  /** One connection: its bytes, and what they mean. */
  private final class Client {
    private final int number;
    private final Recorder server;
    private final byte[] wire;
    private final List<String> expected = new ArrayList<>();
    private String answers = "";
    private String written = "";

    private Client(int number) {
      this.number = number;
      Optional<DeflateParameters> agreed =
          number % 3 == 0
              ? Optional.empty()
              : Optional.of(new DeflateParameters(number % 3 == 1, OptionalInt.empty()));
      server = new Recorder(agreed);
      wire = wire(new Random(number), agreed);
    }

    private boolean sendByte(int at) {
      if (at >= wire.length) {
        return false;
      }
      server.protocol.receive(ByteBuffer.wrap(wire, at, 1));
      ByteBuffer out = ByteBuffer.allocate(64);
      server.protocol.acceptedControl(server.protocol.peekControl(out));
      written += Wire.hex(Arrays.copyOf(out.array(), out.position()));
      return true;
    }

    /** Returns messages in several fragments, with a ping after each fragment but the last. */
    private byte[] wire(Random random, Optional<DeflateParameters> agreed) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Deflater deflater = new Deflater(6, true);
      for (int message = 0; message < MESSAGES; message++) {
        String text = (TEXT + number + " " + message + " ").repeat(1 + random.nextInt(20));
        boolean compressed = agreed.isPresent() && message % 2 == 1;
        byte[] payload = compressed ? compress(deflater, text) : text.getBytes(UTF_8);
        if (compressed && agreed.get().clientNoContextTakeover()) {
          deflater.reset();
        }
        int first = random.nextInt(payload.length);
        int second = first + random.nextInt(payload.length - first);
        byte ping = (byte) (number + message);
        out.writeBytes(Wire.frame(compressed ? 0x41 : 0x01, Arrays.copyOf(payload, first)));
        out.writeBytes(Wire.frame(0x89, new byte[] {ping}));
        out.writeBytes(Wire.frame(0x00, Arrays.copyOfRange(payload, first, second)));
        out.writeBytes(Wire.frame(0x89, new byte[] {ping}));
        out.writeBytes(Wire.frame(0x80, Arrays.copyOfRange(payload, second, payload.length)));
        answers += "8a01%02x".formatted(ping).repeat(2);
        expected.add("text " + text);
      }
      deflater.end();
      if (number % 5 == 0) {
        out.writeBytes(Wire.frame(0x81, Wire.bytes("61e282"))); // ends in the middle of a character
        expected.add("failed 1007 text must be valid UTF-8 (RFC 6455 §8.1)");
        answers +=
            "882b03ef" + Wire.hex("text must be valid UTF-8 (RFC 6455 §8.1)".getBytes(UTF_8));
      } else {
        out.writeBytes(Wire.frame(0x88, Wire.bytes("03e8")));
        expected.add("closed 1000 ");
        answers += "880203e8";
      }
      return out.toByteArray();
    }

    private byte[] compress(Deflater deflater, String text) {
      byte[] out = new byte[4_000];
      deflater.setInput(text.getBytes(UTF_8));
      int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
      return Arrays.copyOf(out, length - 4); // RFC 7692 §7.2.1
    }
  }

  /** A connection of the server. */
  private final class Recorder implements WebSocketProtocol.Handler {
    private final List<String> events = new ArrayList<>();
    private final WebSocketProtocol protocol;

    private Recorder(Optional<DeflateParameters> agreed) {
      protocol = new WebSocketProtocol(LIMITS, memory, this, deflate, agreed);
    }

    @Override
    public void text(byte[] utf8) {
      events.add("text " + new String(utf8, UTF_8));
    }

    @Override
    public void binary(byte[] bytes) {
      events.add("binary");
    }

    @Override
    public void pong(byte[] payload) {
      events.add("pong");
    }

    @Override
    public void closed(int code, String reason) {
      events.add("closed " + code + " " + reason);
    }

    @Override
    public void failed(int closeCode, String why) {
      events.add("failed " + closeCode + " " + why);
    }
  }
}
