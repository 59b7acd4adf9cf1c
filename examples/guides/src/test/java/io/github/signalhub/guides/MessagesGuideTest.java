package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.github.signalhub.Hub;
import io.github.signalhub.PayloadCodec;
import io.github.signalhub.PublishException;
import io.github.signalhub.PublishResult;
import io.github.signalhub.RefusedException;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The code of docs/messages.md. */
class MessagesGuideTest {
  private static final String LINE = "{\"article\":\"tea\",\"count\":%s,\"price\":3.50}";

  record Line(String article, int count, BigDecimal price) {}

  record Order(String id, List<Line> lines, Optional<String> note, Instant at) {}

  sealed interface Shape permits Circle, Rectangle {}

  record Circle(double radius) implements Shape {}

  record Rectangle(double width, double height) implements Shape {}

  record Customer(@JsonProperty("n") @SerializedName("n") String name) {}

  private final List<Order> orders = new ArrayList<>();
  private final List<Shape> shapes = new ArrayList<>();
  private final MemoryTransport transport = new MemoryTransport();

  static PayloadCodec jackson(ObjectMapper mapper) {
    return new PayloadCodec() {
      @Override
      public String write(Object payload) {
        try {
          return mapper.writeValueAsString(payload);
        } catch (JsonProcessingException e) {
          throw new IllegalArgumentException(e);
        }
      }

      @Override
      public <T> T read(String json, Class<T> type) {
        try {
          return mapper.readValue(json, type);
        } catch (JsonProcessingException e) {
          throw new IllegalArgumentException(e);
        }
      }
    };
  }

  static PayloadCodec gson(Gson gson) {
    return new PayloadCodec() {
      @Override
      public String write(Object payload) {
        return gson.toJson(payload);
      }

      @Override
      public <T> T read(String json, Class<T> type) {
        return gson.fromJson(json, type);
      }
    };
  }

  @Test
  void aRecordIsPublishedAsAnObject() throws IOException {
    Hub hub = attached(Hub.builder().callbackExecutor(Runnable::run).build());
    MemoryLink link = connect();
    Order order =
        new Order(
            "a1",
            List.of(new Line("tea", 2, new BigDecimal("3.50"))),
            Optional.empty(),
            Instant.parse("2026-01-02T03:04:05Z"));

    hub.broadcast("ORDER", order);

    assertThat(last(link))
        .startsWith(
            "{\"type\":\"ORDER\",\"payload\":{\"id\":\"a1\",\"lines\":[{\"article\":\"tea\","
                + "\"count\":2,\"price\":3.50}],\"at\":\"2026-01-02T03:04:05Z\"}");
  }

  @Test
  void aRefusedRecordIsKeptOrThrown() throws IOException {
    Hub hub = attached(Hub.builder().maxLogBytes(1_000).build());
    connect(); // and the transport does not run, so nothing is offered to the client
    Order order =
        new Order(
            "a1", List.of(), Optional.of("x".repeat(500)), Instant.parse("2026-01-02T03:04:05Z"));
    List<Order> unsent = new ArrayList<>();
    hub.broadcast("ORDER", order).orThrow(); // a PublishException with the result

    PublishResult result = hub.broadcast("ORDER", order);
    if (result.isRetryable()) {
      unsent.add(order); // nothing was appended: publish it again in a moment
    }

    assertThat(unsent).containsExactly(order);
    assertThatExceptionOfType(PublishException.class)
        .isThrownBy(() -> hub.broadcast("ORDER", order).orThrow())
        .satisfies(thrown -> assertThat(thrown.result().isRetryable()).isTrue());
  }

  @Test
  void aListenerGetsARecordOrNothing() throws IOException {
    Hub hub = attached(Hub.builder().callbackExecutor(Runnable::run).build());
    hub.onMessage("ORDER", Order.class, (client, order) -> orders.add(order));
    MemoryLink link = connect();

    link.send(order(LINE.formatted("2")));
    link.send(order(LINE.formatted("1.5")));

    assertThat(orders).hasSize(1);
    assertThat(last(link))
        .contains("\"code\":\"invalid_payload\"")
        .contains("expected an integer, was a number with a fraction at $.lines[0].count");
  }

  @ParameterizedTest
  @CsvSource({"10,10", "10.0,10", "1e1,10"})
  void anIntegerIsTakenByItsValue(String text, int count) throws IOException {
    aListenerForAllTypesReadsThePayloadWhenItWantsTo();
    orders.clear();

    connect().send(order(LINE.formatted(text)));

    assertThat(orders.get(0).lines().get(0).count()).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.5", "3000000000", "null", "\"1\""})
  void otherValuesAreNoInteger(String text) throws IOException {
    aListenerForAllTypesReadsThePayloadWhenItWantsTo();
    orders.clear();

    connect().send(order(LINE.formatted(text)));

    assertThat(orders).isEmpty();
  }

  @Test
  void aListenerForAllTypesReadsThePayloadWhenItWantsTo() throws IOException {
    Hub hub = attached(Hub.builder().callbackExecutor(Runnable::run).build());
    hub.onMessage(
        (client, message) -> {
          switch (message.type()) {
            case "ORDER" -> orders.add(message.payloadAs(Order.class));
            case "PING" -> client.send("PONG", message.payload());
            default -> throw new RefusedException("unknown_type", "");
          }
        });
    MemoryLink link = connect();

    link.send(order(LINE.formatted("2")));
    assertThat(orders).hasSize(1);
    link.send("{\"type\":\"PING\",\"payload\":7}");
    assertThat(last(link)).startsWith("{\"type\":\"PONG\",\"payload\":7");
    link.send("{\"type\":\"NONE\",\"ref\":1}");
    assertThat(last(link)).contains("unknown_type");
  }

  @Test
  void aSealedInterfaceSaysWhichRecordsMayCome() throws IOException {
    Hub hub = attached(Hub.builder().callbackExecutor(Runnable::run).build());
    MemoryLink link = connect();
    hub.onMessage("DRAW", Shape.class, (client, shape) -> shapes.add(shape));
    hub.broadcast("DRAW", new Circle(1.5)); // {"type":"Circle","radius":1.5}

    assertThat(last(link)).contains("\"payload\":{\"type\":\"Circle\",\"radius\":1.5}");
    link.send("{\"type\":\"DRAW\",\"payload\":{\"type\":\"Rectangle\",\"width\":1,\"height\":2}}");
    assertThat(shapes).containsExactly(new Rectangle(1, 2));
  }

  @Test
  void anotherLibraryWritesAndReads() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    Gson gson = new Gson();
    Hub all = Hub.builder().payloadCodec(jackson(mapper)).build();
    Hub one = Hub.builder().payloadCodec(gson(gson), Customer.class::equals).build();

    for (Hub hub : List.of(all, one)) {
      MemoryTransport own = new MemoryTransport();
      hub.attach(own);
      MemoryLink link = own.connect(Handshake.builder().build());
      BlockingQueue<Customer> customers = new LinkedBlockingQueue<>();
      hub.onMessage("NEW", Customer.class, (client, customer) -> customers.add(customer));

      hub.broadcast("NEW", new Customer("Ann"));
      own.run();
      link.send("{\"type\":\"NEW\",\"payload\":{\"n\":\"Bob\"}}");

      assertThat(link.received()).first().asString().contains("\"payload\":{\"n\":\"Ann\"}");
      assertThat(customers.poll(30, TimeUnit.SECONDS)).isEqualTo(new Customer("Bob"));
      hub.close(Duration.ZERO); // the client does not answer
      assertThat(customers).isEmpty();
    }
  }

  private Hub attached(Hub hub) throws IOException {
    hub.attach(transport);
    return hub;
  }

  private MemoryLink connect() {
    return transport.connect(Handshake.builder().controlMessages(true).build());
  }

  private String last(MemoryLink link) {
    transport.run();
    List<String> received = link.received();
    return received.get(received.size() - 1);
  }

  private static String order(String line) {
    return "{\"type\":\"ORDER\",\"payload\":{\"id\":\"a\",\"lines\":["
        + line
        + "],\"at\":\"2026-01-02T03:04:05Z\"},\"ref\":1}";
  }
}
