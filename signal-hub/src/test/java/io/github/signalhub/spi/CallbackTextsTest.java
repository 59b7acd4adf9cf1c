package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The texts that a platform gets to send. */
class CallbackTextsTest {
  private static final int CLIENTS = 100;

  @Nested
  class Decoding {
    private final FakePlatform platform =
        new FakePlatform(
            Hub.builder().topic("table", TopicOptions.DEFAULT.compactBy(message -> "k")));

    @Test
    void isDoneOnceForAllClients() {
      List<FakeSender> senders = open("any");

      platform.hub.broadcast("N", "é€");
      platform.run();

      assertThatAllGotOneObject(senders);
    }

    @Test
    void isDoneOnceForAllClientsOfATable() {
      List<FakeSender> senders = open("table");

      platform.hub.topic("table").publish("TABLE", Map.of("key", "k", "value", "x€".repeat(1_000)));
      platform.run();

      assertThatAllGotOneObject(senders);
    }

    @Test
    void isDoneOnceForClientsThatComeLater() {
      String start = platform.hub.lastId();
      List<FakeSender> senders = new ArrayList<>(open("any"));
      platform.hub.broadcast("N", 1);
      platform.run();

      FakeSender late = new FakeSender(true);
      platform.open(Handshake.builder().after(start), late);

      senders.add(late);
      assertThatAllGotOneObject(senders);
    }

    @Test
    void countsTowardsTheLog() {
      open("any");
      platform.hub.broadcast("N", "x".repeat(1_000));
      long before = platform.hub.stats().retainedBytes();

      platform.run();

      assertThat(platform.hub.stats().retainedBytes() - before).isBetween(1_000L, 1_200L);
    }

    private List<FakeSender> open(String topic) {
      return IntStream.range(0, CLIENTS)
          .mapToObj(
              n -> {
                FakeSender sender = new FakeSender(true);
                platform.open(Handshake.builder().topic(topic), sender);
                return sender;
              })
          .toList();
    }

    private void assertThatAllGotOneObject(List<FakeSender> senders) {
      String first = senders.get(0).texts.get(0);
      assertThat(senders)
          .allSatisfy(sender -> assertThat(sender.texts).hasSize(1).first().isSameAs(first));
    }
  }

  @Nested
  class Together {
    private final FakePlatform platform =
        new FakePlatform(Hub.builder(), options -> options.maxTextsPerSend(10));
    private final BatchSender sender = new BatchSender();

    @Test
    void areSentInOrderUpToTheMost() {
      platform.open(sender);
      publish(0, 25);

      sendAll();

      assertThat(sender.sizes()).containsExactly(10, 10, 5);
      assertThat(sender.payloads()).isEqualTo(numbers(0, 25));
    }

    @Test
    void areNotFollowedByOthersBeforeTheyAreDone() {
      platform.open(sender);
      publish(0, 3);
      platform.run();
      publish(3, 6);
      platform.run();
      assertThat(sender.sizes()).containsExactly(3);

      sendAll();

      assertThat(sender.sizes()).containsExactly(3, 3);
    }

    @Test
    void areFewIfTheyAreLong() {
      platform.open(sender);
      for (int n = 0; n < 6; n++) {
        platform.hub.broadcast("N", "x".repeat(30_000));
      }

      sendAll();

      assertThat(sender.sizes()).containsExactly(3, 3);
    }

    @Test
    void beginWithTheControlMessages() {
      platform.hub.broadcast("N", 0);
      platform.open(Handshake.builder().controlMessages(true), sender);
      publish(1, 3);

      sendAll();

      assertThat(sender.batches.get(0)).first().asString().contains("$hello");
      assertThat(sender.payloads()).isEqualTo(numbers(1, 3));
    }

    @Test
    void ofAnAbortedClientAreTheLast() {
      platform.open(Handshake.builder().user("u"), sender);
      publish(0, 25);
      platform.run();

      platform.hub.user("u").disconnect(DisconnectReason.POLICY_VIOLATION);
      platform.run();
      assertThat(sender.calls).isEmpty();
      sendAll();

      assertThat(sender.payloads()).isEqualTo(numbers(0, 10));
      assertThat(sender.calls).containsExactly("close 1008");
    }

    @Test
    void thatWereNotDoneAreSentAgainToAClientThatComesBack() {
      String start = platform.hub.lastId();
      CallbackLink link = platform.open(Handshake.builder().after(start), sender);
      publish(0, 15);
      platform.run();
      sender.done.remove().run();
      platform.run();
      link.closed(DisconnectReason.ABNORMAL);
      platform.run();
      String read = (String) json(sender.batches.get(0).get(9)).get("id");

      BatchSender back = new BatchSender();
      platform.open(Handshake.builder().after(read), back);
      sendAll(back);

      assertThat(back.payloads()).isEqualTo(numbers(10, 15));
    }

    @Test
    void ofASenderThatTakesOneAloneCutIt() {
      FakeSender single = new FakeSender(true);
      platform.open(single);
      publish(0, 1);
      platform.run();
      assertThat(single.texts).hasSize(1);

      publish(1, 3);
      platform.run();

      assertThat(single.calls).containsExactly("cut");
    }

    private void publish(int from, int to) {
      IntStream.range(from, to).forEach(n -> platform.hub.broadcast("N", n));
    }

    private void sendAll() {
      sendAll(sender);
    }

    private void sendAll(BatchSender to) {
      for (platform.run(); !to.done.isEmpty(); platform.run()) {
        to.done.remove().run();
      }
    }
  }

  private static Map<?, ?> json(String text) {
    return (Map<?, ?>) Json.parse(text);
  }

  private static List<Object> numbers(int from, int to) {
    return IntStream.range(from, to).<Object>mapToObj(n -> (long) n).toList();
  }

  private static final class BatchSender extends FakeSender {
    private final List<List<String>> batches = new ArrayList<>();

    private BatchSender() {
      super(false);
    }

    @Override
    public void send(List<String> texts, Runnable done) {
      batches.add(texts);
      this.done.add(done);
    }

    List<Integer> sizes() {
      return batches.stream().map(List::size).toList();
    }

    List<Object> payloads() {
      return batches.stream()
          .flatMap(List::stream)
          .map(CallbackTextsTest::json)
          .filter(message -> message.get("type").equals("N"))
          .<Object>map(message -> message.get("payload"))
          .toList();
    }
  }
}
