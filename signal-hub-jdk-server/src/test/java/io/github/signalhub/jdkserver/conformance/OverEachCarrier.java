package io.github.signalhub.jdkserver.conformance;

import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that run first over TCP and then over TLS, against one server each. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
abstract class OverEachCarrier {
  static EchoServer server;

  @Parameter Carrier carrier;

  @BeforeParameterizedClassInvocation
  static void start(Carrier carrier) throws IOException {
    server = EchoServer.start(carrier);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    server.close();
  }
}
