package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.AdmissionRequest;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.flow.LedgerUpdate;
import io.github.signalhub.flow.OptimizationAvailable;
import io.github.signalhub.json.JsonLimits;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.LinkTimeouts;
import io.github.signalhub.testkit.Faults;
import io.github.signalhub.testkit.SimulatedNetwork;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setter of every builder and of all options refuses bad values at once, and names them. */
class SettingsTest {
  /** Setters to which every number is good. */
  private static final Set<String> ANY_NUMBER =
      Set.of("decidedSince", "entryId", "flowId", "suggestionId", "savingMillis");

  private static final List<Object> OPTIONS =
      List.of(
          Hub.builder(),
          SignalServer.builder(Hub.create()),
          Admission.builder(),
          HandshakeDecision.accept(),
          AdmissionRequest.builder(new InetSocketAddress("127.0.0.1", 1)),
          Handshake.builder(),
          CallbackTransport.builder("any", Runnable::run),
          new SimulatedNetwork(1).client(),
          Faults.builder(),
          LedgerUpdate.builder(),
          OptimizationAvailable.builder(),
          TopicOptions.DEFAULT,
          JsonLimits.DEFAULT,
          LinkTimeouts.DEFAULT,
          LinkOptions.DEFAULT);

  static Stream<Arguments> setters() {
    return OPTIONS.stream()
        .flatMap(
            options ->
                Stream.of(options.getClass().getDeclaredMethods())
                    .filter(method -> Modifier.isPublic(method.getModifiers()))
                    .filter(method -> !Modifier.isStatic(method.getModifiers()))
                    .filter(method -> method.getReturnType() == options.getClass())
                    .map(method -> Arguments.of(method, options)));
  }

  @ParameterizedTest
  @MethodSource("setters")
  void refusesBadValuesAtOnceAndNamesThem(Method setter, Object options) throws Exception {
    Parameter[] parameters = setter.getParameters();
    for (int i = 0; i < parameters.length; i++) {
      for (Object bad : badValues(setter, parameters[i].getType())) {
        Object[] values = new Object[parameters.length];
        for (int j = 0; j < values.length; j++) {
          values[j] = j == i ? bad : goodValue(parameters[j].getType());
        }

        Throwable thrown = thrownBy(setter, options, values);

        assertThat(thrown).as("%s(%s)", setter.getName(), bad).isNotNull();
        boolean isNull = bad == null || bad instanceof Object[];
        assertThat(thrown)
            .as("%s(%s)", setter.getName(), bad)
            .isInstanceOf(isNull ? NullPointerException.class : IllegalArgumentException.class);
        assertThat(thrown.getMessage())
            .doesNotStartWith("Cannot ")
            .containsAnyOf(names(setter).toArray(String[]::new));
        if (!isNull) {
          assertThat(thrown.getMessage()).startsWith("expected ").contains(String.valueOf(bad));
        }
      }
    }
  }

  /** A text or an object is bad for a reason of its own. */
  @Test
  void refusesTextsAndOptionsThatItCannotUse() {
    TopicOptions table = TopicOptions.DEFAULT.compactBy(Message::type);
    SignalServerBuilder server = SignalServer.builder(Hub.create());

    refuses(() -> server.path("ws"), "path", "ws");
    refuses(() -> server.paths("/ws", "x"), "path", "x");
    refuses(() -> server.paths(), "paths", "none");
    refuses(() -> server.context("x", exchange -> {}), "path", "x");
    refuses(() -> server.allowedOrigins("example.com"), "allowedOrigins", "example.com");
    refuses(() -> server.allowedHosts("a:80"), "allowedHosts", "a:80");
    refuses(() -> server.trustedProxies("localhost"), "trustedProxies", "localhost");
    refuses(() -> server.proxyHeader("Via"), "proxyHeader", "Via");
    refuses(() -> server.keptHeaders("a b"), "keptHeaders", "a b");
    refuses(() -> Hub.builder().topic("$x", TopicOptions.DEFAULT), "topic", "$x");
    refuses(() -> Hub.builder().topic("", TopicOptions.DEFAULT), "topic", "\"\"");
    refuses(() -> Hub.builder().broadcasts(table), "broadcasts", "compacted=true");
    refuses(() -> Hub.builder().users(table), "users", "compacted=true");
    refuses(() -> Handshake.builder().user(""), "user", "\"\"");
    refuses(() -> Handshake.builder().topic("$x"), "topic", "$x");
    refuses(() -> new SimulatedNetwork(1).client().topic("$x"), "topic", "$x");
    refuses(() -> new SimulatedNetwork(1, 0), "loops", "0");
    refuses(
        () -> new SimulatedNetwork(1).deadPeerTimeout(Duration.ZERO), "deadPeerTimeout", "PT0S");
  }

  private static void refuses(ThrowingCallable setter, String name, String value) {
    assertThatThrownBy(setter)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected ")
        .hasMessageContaining(name)
        .hasMessageContaining(value);
  }

  private static List<Object> badValues(Method setter, Class<?> type) {
    List<Object> bad = new ArrayList<>();
    if (type == boolean.class || type.isPrimitive() && ANY_NUMBER.contains(setter.getName())) {
      return bad;
    }
    if (type == int.class) {
      bad.add(Integer.MIN_VALUE);
      bad.add(-1);
    } else if (type == long.class) {
      bad.add(Long.MIN_VALUE);
      bad.add(-1L);
    } else if (type == double.class) {
      bad.add(-0.1);
      bad.add(Double.NaN);
    } else {
      bad.add(null);
      if (type == Duration.class) {
        bad.add(Duration.ofNanos(-1));
        bad.add(Duration.ofSeconds(Long.MAX_VALUE));
      } else if (type.isArray()) {
        bad.add(Array.newInstance(type.getComponentType(), 1));
      }
    }
    return bad;
  }

  private static Object goodValue(Class<?> type) throws Exception {
    if (type == int.class || type == long.class || type == boolean.class) {
      throw new IllegalArgumentException("expected a setter of one number, was another");
    } else if (type == String.class) {
      return "/a";
    } else if (type == Duration.class) {
      return Duration.ofSeconds(1);
    } else if (type == AttributeKey.class) {
      return AttributeKey.of("any", Object.class);
    } else if (type == Object.class) {
      return "any";
    } else if (type == TopicOptions.class) {
      return TopicOptions.DEFAULT;
    } else if (type.isArray()) {
      return Array.newInstance(type.getComponentType(), 0);
    } else if (type.isInterface()) {
      return Proxy.newProxyInstance(
          type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    }
    throw new IllegalArgumentException("expected a type with a good value, was " + type);
  }

  private static Throwable thrownBy(Method setter, Object options, Object[] values)
      throws IllegalAccessException {
    try {
      setter.invoke(options, values);
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    }
  }

  private static List<String> names(Method setter) {
    String name = setter.getName().replaceFirst("^with", "");
    List<String> names = new ArrayList<>();
    names.add(Character.toLowerCase(name.charAt(0)) + name.substring(1));
    Stream.of(setter.getParameters()).map(Parameter::getName).forEach(names::add);
    return names;
  }
}
