package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.RefusedException;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** The code of docs/requests.md. */
class RequestsGuideTest {
  record Query(String article) {}

  record Offer(String article, BigDecimal price) {}

  private final Map<String, BigDecimal> prices = Map.of("tea", new BigDecimal("3.50"));
  private final Executor workers = Runnable::run;
  private final MemoryTransport transport = new MemoryTransport();

  @Test
  void aRequestIsAnsweredOrRefused() throws IOException {
    Hub hub = attached(Hub.builder().callbackExecutor(Runnable::run).build());
    hub.onRequest(
        "PRICE",
        Query.class,
        (client, query) -> {
          BigDecimal price = prices.get(query.article());
          if (price == null) {
            throw new RefusedException("unknown_article", "this article is not sold");
          }
          return new Offer(query.article(), price);
        });
    MemoryLink link = connect();

    link.send("{\"type\":\"PRICE\",\"payload\":{\"article\":\"tea\"},\"ref\":\"p-1\"}");
    assertThat(last(link))
        .isEqualTo(
            "{\"type\":\"$ack\",\"payload\":{\"ref\":\"p-1\",\"answer\":"
                + "{\"article\":\"tea\",\"price\":3.50}}}");
    link.send("{\"type\":\"PRICE\",\"payload\":{\"article\":\"gold\"},\"ref\":\"p-2\"}");
    assertThat(last(link)).contains("\"ref\":\"p-2\",\"code\":\"unknown_article\"");
  }

  @Test
  void anAnswerMayComeLater() throws IOException {
    Hub hub = attached(Hub.builder().callbackExecutor(Runnable::run).build());
    hub.onRequest(
        "REPORT",
        Query.class,
        (client, query) -> CompletableFuture.supplyAsync(() -> report(query), workers));
    MemoryLink link = connect();

    link.send("{\"type\":\"REPORT\",\"payload\":{\"article\":\"tea\"},\"ref\":1}");

    assertThat(last(link)).contains("\"answer\":\"about tea\"");
  }

  @Test
  void theLimitsAreSet() {
    Hub hub =
        Hub.builder().requestTimeout(Duration.ofSeconds(10)).maxAnswerBytes(64 * 1024).build();

    assertThat(hub.clients()).isEmpty();
  }

  private static String report(Query query) {
    return "about " + query.article();
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
    return link.received().get(link.received().size() - 1);
  }
}
