package io.github.signalhub.jdkserver;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.testkit.contract.CarrierContract;
import io.github.signalhub.testkit.contract.CarrierSettings;
import io.github.signalhub.testkit.contract.RunningCarrier;
import java.io.IOException;
import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract of all carriers, over real sockets. */
class SignalServerContractIT {
  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return CarrierContract.cases(SignalServerContractIT::start)
        .map(each -> dynamicTest(each.name(), each::run));
  }

  private static RunningCarrier start(CarrierSettings settings) throws IOException {
    SignalServerBuilder builder =
        SignalServer.builder(settings.hub())
            .bindAddress(InetAddress.getByName("127.0.0.1"))
            .port(OwnPort.next())
            .context("/page", SignalServerContractIT::page)
            .allowedOrigins(settings.allowedOrigins().toArray(String[]::new))
            .pingInterval(settings.timeouts().ping())
            .pongTimeout(settings.timeouts().pong())
            .writeTimeout(settings.timeouts().write())
            .closeTimeout(settings.timeouts().close());
    settings.hook().ifPresent(builder::handshake);
    SignalServer server = builder.start();
    return new RunningCarrier(server.port(), "/ws", server::stop).withPage("/page");
  }

  private static void page(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }
}
