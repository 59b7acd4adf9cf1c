package io.github.signalhub.jdkserver.contract;

import java.util.ArrayList;
import java.util.List;

/**
 * A case that runs on either server.
 *
 * @param setUp adds contexts
 * @param requests the requests, each sent after the answer to the last one
 */
record ContractCase(String name, SetUp setUp, List<String> requests) {
  /** Adds contexts. */
  interface SetUp {
    void on(ContractServer server);
  }

  /** Returns the observations of the client and the handlers. */
  List<String> play(ContractServer server) throws Exception {
    setUp.on(server);
    server
        .contexts()
        .createContext("/another-request", exchange -> exchange.sendResponseHeaders(204, -1));
    List<String> seen = new ArrayList<>();
    try (RawExchange client = new RawExchange(server.port())) {
      for (String request : requests) {
        client.exchange(request, name.equals("two requests at once") ? 2 : 1);
        server.awaitIdle(); // an answer may come before its handler records it
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
