package io.github.signalhub.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Backbone;
import jakarta.servlet.Servlet;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for all public types. */
class PublicTypesTest {
  private static final String ROOT = "io.github.signalhub.";
  private static final Pattern MEMBER = Pattern.compile("([\\w]+)(?:\\(| =|;)");

  /** Packages for authors of transports, and backbones. All others are for applications. */
  private static final Set<String> OF_TRANSPORTS =
      Set.of("spi", "memory", "testkit", "backbone", "contract", "redis");

  /** Members of the other packages that a transport or its owner uses. */
  private static final Set<String> FOR_TRANSPORTS =
      Set.of(
          "Hub (type)", // it is the registrar
          "Hub.attach",
          "Hub.detach",
          "Hub.drain",
          "Hub.register",
          "Hub.unregister",
          "Hub.reservation",
          "HubBuilder.backbone",
          "Admission.admit",
          "Admission.check",
          "Admission.decide",
          "Admission.stopping",
          "Verdict$Admitted.handshake",
          "SignalServer.builder");

  /** A record shows its components for good. Whoever adds one here says why it can never grow. */
  @Test
  void areNoRecordsUnlessTheirPartsAreFixedElsewhere() throws IOException {
    assertThat(types().filter(Class::isRecord))
        .containsExactly(
            DisconnectReason.class, // a close frame: RFC 6455 §5.5.1
            Backbone.At.class, // the two parts of a message's id: docs/protocol, "Ids"
            Backbone.Unavailable.class, // no parts
            Backbone.Unconfirmed.class);
  }

  @Test
  void haveNamesOfTheirOwnAndNoneOfJakarta() throws Exception {
    List<String> names =
        types().filter(type -> !type.isMemberClass()).map(Class::getSimpleName).toList();
    Set<String> others = new TreeSet<>();
    for (Class<?> member : List.of(Session.class, ServerEndpoint.class, Servlet.class)) {
      others.addAll(namesBeside(member));
    }
    Stream.of(java.net.http.HttpClient.class, HttpServer.class)
        .map(Class::getSimpleName)
        .forEach(others::add);

    assertThat(names).doesNotHaveDuplicates().doesNotContainAnyElementsOf(others);
    assertThat(others).contains("CloseReason", "SendResult", "HandshakeRequest", "HttpFilter");
  }

  @Test
  void ofTransportsAreInNoSignatureForApplications() throws IOException {
    Set<String> found = new TreeSet<>();
    for (PublishedModule module : PublishedModule.all().toList()) {
      String type = "";
      for (String line : module.signatures()) {
        if (!line.startsWith(" ") && line.contains(ROOT)) {
          type = line.replaceAll(".*?(?:class|interface) ([\\w.$]+).*", "$1");
        }
        String room = type.replaceAll(".*\\.(\\w+)\\.[\\w$]+$", "$1");
        if (!OF_TRANSPORTS.contains(room) && line.contains(ROOT + "spi.")) {
          found.add(
              type.replaceAll(".*\\.", "") + (line.startsWith(" ") ? member(line) : " (type)"));
        }
      }
    }

    assertThat(found).isEqualTo(new TreeSet<>(FOR_TRANSPORTS));
  }

  private static String member(String line) {
    Matcher member = MEMBER.matcher(line);
    return member.find() ? "." + member.group(1) : line;
  }

  private static Stream<Class<?>> types() throws IOException {
    List<Class<?>> types = new ArrayList<>();
    for (PublishedModule module : PublishedModule.all().toList()) {
      types.addAll(module.types());
    }
    return types.stream();
  }

  /** Returns the simple names of the types in the jar of a class. */
  private static List<String> namesBeside(Class<?> member) throws Exception {
    Path jar = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && !name.contains("$"))
          .map(name -> name.replaceAll(".*/|\\.class$", ""))
          .filter(name -> !name.endsWith("-info"))
          .toList();
    }
  }
}
