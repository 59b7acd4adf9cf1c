package io.github.signalhub.jdkserver.contract;

import java.util.ArrayList;
import java.util.List;

/**
 * What is played on either server.
 *
 * @param setUp adds contexts
 * @param requests are sent one after the other, each when the last one was answered
 */
record ContractCase(String name, SetUp setUp, List<String> requests) {
  /** Adds contexts. */
  interface SetUp {
    void on(ContractServer server);
  }

  /** Returns what the client and the handlers see. */
  List<String> play(ContractServer server) throws Exception {
    setUp.on(server);
    server
        .contexts()
        .createContext("/another-request", exchange -> exchange.sendResponseHeaders(204, -1));
    List<String> seen = new ArrayList<>();
    try (RawExchange client = new RawExchange(server.port())) {
      for (String request : requests) {
        client.exchange(request, name.equals("two requests at once") ? 2 : 1);
        server.awaitIdle(); // an answer may come before its handler notes that it was sent
      }
      seen.addAll(client.seen());
    }
    server.seen().forEach(each -> seen.add("handler: " + each));
    return seen;
  }

  @Override
  public String toString() {
    return name;
  }
}
