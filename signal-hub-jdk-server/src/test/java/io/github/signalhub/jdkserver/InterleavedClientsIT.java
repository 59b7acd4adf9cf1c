package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hundreds of clients of one loop, all in the middle of a message. */
@Timeout(120)
class InterleavedClientsIT {
  private static final int CLIENTS = 200;
  private static final int MESSAGES = 4;

  @ParameterizedTest
  @EnumSource(Offer.class)
  void thatSendByteByByteInTurnEachGetTheirOwnMessagesAndPongs(Offer offer) throws Exception {
    List<Client> clients = new ArrayList<>();
    try (EchoServer server = EchoServer.start(options -> options.loops(1))) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new Client(i, server, offer));
      }

      int left = CLIENTS;
      for (int at = 0; left > 0; at++) {
        left = 0;
        for (Client client : clients) {
          left += client.sendByte(at) ? 1 : 0;
        }
      }

      for (Client client : clients) {
        client.assertEchoesAndPongs();
      }
    } finally {
      for (Client client : clients) {
        client.socket.close();
      }
    }
  }

  @Test
  void thatLeaveInTheMiddleOfAMessageDoNotDisturbTheOthers() throws Exception {
    List<Client> clients = new ArrayList<>();
    try (EchoServer server = EchoServer.start(options -> options.loops(1))) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new Client(i, server, Offer.CONTEXT_TAKEOVER));
      }
      for (int at = 0; at < 1_000; at++) {
        for (Client client : clients) {
          if (client.number % 2 == 0 || at < 20 + client.number % 50) {
            client.sendByte(at);
          } else if (at == 20 + client.number % 50) {
            client.socket.close();
          }
        }
      }

      for (Client client : clients) {
        if (client.number % 2 == 0) {
          client.assertEchoesAndPongs();
        }
      }
    } finally {
      for (Client client : clients) {
        client.socket.close();
      }
    }
  }

  private enum Offer {
    NO_COMPRESSION,
    CONTEXT_TAKEOVER,
    NO_CONTEXT_TAKEOVER;

    private String[] lines() {
      return switch (this) {
        case NO_COMPRESSION -> new String[0];
        case CONTEXT_TAKEOVER -> new String[] {"Sec-WebSocket-Extensions: permessage-deflate"};
        case NO_CONTEXT_TAKEOVER ->
            new String[] {
              "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover"
            };
      };
    }
  }

  /** A client, the bytes that it sends, and what it is to get. */
  private static final class Client {
    private final int number;
    private final RawClient socket;
    private final byte[] wire;
    private final List<String> echoes = new ArrayList<>();
    private final List<String> pongs = new ArrayList<>();

    private Client(int number, EchoServer server, Offer offer) throws IOException {
      this.number = number;
      socket = server.connect();
      socket.send(RawClient.handshake("/ws", offer.lines()));
      assertThat(socket.readAnswer().status()).isEqualTo(101);
      wire = wire(offer);
    }

    private boolean sendByte(int at) throws IOException {
      if (at < wire.length) {
        socket.send(new byte[] {wire[at]});
      }
      return at < wire.length;
    }

    /** Reads what comes. The order of pongs and messages depends on packets. */
    private void assertEchoesAndPongs() throws IOException {
      List<String> texts = new ArrayList<>();
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < echoes.size() + pongs.size(); i++) {
        RawClient.Frame frame = socket.readFrame();
        (frame.opcode() == 0xA ? answers : texts).add(frame.text());
      }
      assertThat(texts).as("to client %s", number).isEqualTo(echoes);
      assertThat(answers).as("to client %s", number).isEqualTo(pongs);
    }

    /** Returns messages in three fragments each, with pings between these. */
    private byte[] wire(Offer offer) {
      byte[] all = {};
      Deflater deflater = new Deflater(6, true);
      for (int i = 0; i < MESSAGES; i++) {
        String text = "€ \uD834\uDD1E of " + number + ", message " + i;
        boolean compressed = offer != Offer.NO_COMPRESSION && i % 2 == 1;
        byte[] payload = compressed ? compress(deflater, text) : text.getBytes(UTF_8);
        if (offer == Offer.NO_CONTEXT_TAKEOVER) {
          deflater.reset();
        }
        int first = Math.min(1 + number % 6, payload.length - 2);
        int second = (first + payload.length) / 2;
        String ping = number + "." + i;
        all =
            RawClient.join(
                all,
                RawClient.frame(compressed ? 0x41 : 0x01, Arrays.copyOf(payload, first)),
                RawClient.frame(0x89, ping.getBytes(UTF_8)),
                RawClient.frame(0x00, Arrays.copyOfRange(payload, first, second)),
                RawClient.frame(0x89, ping.getBytes(UTF_8)),
                RawClient.frame(0x80, Arrays.copyOfRange(payload, second, payload.length)));
        echoes.add(text);
        pongs.addAll(List.of(ping, ping));
      }
      deflater.end();
      return all;
    }

    private static byte[] compress(Deflater deflater, String text) {
      byte[] out = new byte[500];
      deflater.setInput(text.getBytes(UTF_8));
      int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
      return Arrays.copyOf(out, length - 4); // RFC 7692 §7.2.1
    }
  }
}
