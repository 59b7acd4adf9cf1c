package io.github.signalhub.api;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** What users, their tools and Maven Central read in the jars and in the POMs. */
class PublishedFilesIT {
  private static final String GROUP = "io.github.signalhub:";

  static Stream<PublishedModule> modules() {
    return PublishedModule.all();
  }

  /** The dependencies that a user gets, and no other one. */
  static Stream<Arguments> dependencies() {
    Map<String, String> hub = Map.of(GROUP + "signal-hub", "compile");
    return Stream.of(
        Arguments.of(PublishedModule.HUB, Map.of()),
        Arguments.of(PublishedModule.SERVER, hub),
        Arguments.of(PublishedModule.TESTKIT, hub),
        Arguments.of(
            PublishedModule.REDIS,
            Map.of(GROUP + "signal-hub", "compile", "redis.clients:jedis", "compile")));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void jarsHaveTheLicense(PublishedModule module) throws IOException {
    try (JarFile jar = new JarFile(module.classes().toFile());
        InputStream license = jar.getInputStream(jar.getEntry("META-INF/LICENSE"))) {
      assertThat(license).hasBinaryContent(Files.readAllBytes(Path.of("..", "..", "LICENSE")));
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void jarsNameTheirVersion(PublishedModule module) throws Exception {
    String version = text(pom(module), "version");

    Attributes manifest = manifest(module);

    assertThat(manifest.getValue("Implementation-Title")).isEqualTo(module.toString());
    assertThat(manifest.getValue("Implementation-Version")).isEqualTo(version);
    assertThat(manifest.getValue("Bundle-Version")).isEqualTo(version.replace('-', '.'));
    assertThat(descriptor(module).rawVersion()).contains(version);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void bundlesExportWhatModulesExport(PublishedModule module) throws IOException {
    ModuleDescriptor descriptor = descriptor(module);

    Attributes manifest = manifest(module);

    assertThat(manifest.getValue("Bundle-SymbolicName")).isEqualTo(descriptor.name());
    assertThat(clauses(manifest, "Export-Package").keySet())
        .isEqualTo(descriptor.exports().stream().map(Exports::source).collect(toSet()));
    assertThat(clauses(manifest, "Export-Package"))
        .allSatisfy(
            (name, attributes) ->
                assertThat(attributes.contains("x-internal"))
                    .as(name)
                    .isEqualTo(name.contains(".internal.")));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void bundlesNeedNoAnnotations(PublishedModule module) throws IOException {
    assertThat(clauses(manifest(module), "Import-Package").keySet())
        .noneMatch(name -> name.startsWith("org.jspecify"));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void pomsHaveWhatMavenCentralAsksFor(PublishedModule module) throws Exception {
    Element pom = pom(module);

    assertThat(children(pom, "parent")).isEmpty();
    assertThat(text(pom, "name")).isEqualTo(module.toString());
    assertThat(text(pom, "description")).isNotBlank();
    assertThat(text(pom, "url")).startsWith("https://");
    assertThat(text(pom, "licenses", "license", "name")).isEqualTo("Apache-2.0");
    assertThat(text(pom, "licenses", "license", "url")).startsWith("https://");
    assertThat(text(pom, "developers", "developer", "name")).isNotBlank();
    assertThat(text(pom, "scm", "connection")).startsWith("scm:git:https://");
    assertThat(text(pom, "scm", "url")).isEqualTo(text(pom, "url"));
    assertThat(children(pom, "repositories")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dependencies")
  void pomsNameTheDependenciesOfUsers(PublishedModule module, Map<String, String> expected)
      throws Exception {
    Map<String, String> scopes =
        children(pom(module), "dependencies")
            .flatMap(dependencies -> children(dependencies, "dependency"))
            .collect(
                toMap(
                    it -> text(it, "groupId") + ":" + text(it, "artifactId"),
                    it -> text(it, "scope")));

    assertThat(scopes.remove("org.jspecify:jspecify")).isEqualTo("provided");
    assertThat(scopes).isEqualTo(expected);
  }

  private static ModuleDescriptor descriptor(PublishedModule module) {
    return ModuleFinder.of(module.classes()).findAll().iterator().next().descriptor();
  }

  private static Attributes manifest(PublishedModule module) throws IOException {
    try (JarFile jar = new JarFile(module.classes().toFile())) {
      return jar.getManifest().getMainAttributes();
    }
  }

  /** Returns the packages of a header, each with its attributes. */
  private static Map<String, String> clauses(Attributes manifest, String header) {
    return Pattern.compile("([\\w.]+)((?:;[\\w:-]+=(?:\"[^\"]*\"|[^,;]*))*)")
        .matcher(manifest.getValue(header) == null ? "" : manifest.getValue(header))
        .results()
        .collect(toMap(found -> found.group(1), found -> found.group(2)));
  }

  /** Reads the POM that is published, which its jar has, too. */
  private static Element pom(PublishedModule module) throws Exception {
    String name = "META-INF/maven/io.github.signalhub/" + module + "/pom.xml";
    try (JarFile jar = new JarFile(module.classes().toFile());
        InputStream in = jar.getInputStream(jar.getEntry(name))) {
      Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
      return document.getDocumentElement();
    }
  }

  private static String text(Element element, String... path) {
    Element found = element;
    for (String name : path) {
      found = children(found, name).findFirst().orElseThrow(() -> new AssertionError("no " + name));
    }
    return found.getTextContent().strip();
  }

  private static Stream<Element> children(Element element, String name) {
    NodeList nodes = element.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .<Node>mapToObj(nodes::item)
        .filter(node -> node.getNodeName().equals(name))
        .map(Element.class::cast);
  }
}
