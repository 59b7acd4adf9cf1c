package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The facts about a run that a report tells besides its figures. Immutable.
 *
 * @param day when the run began
 * @param machine processor, cores, system and JVM
 * @param pinned whether servers and generator had a core each
 * @param clients how many clients the main scenarios had
 * @param servers all servers, also the missing ones
 * @param notes what failed, by server
 */
record RunInfo(
    LocalDate day,
    String machine,
    boolean pinned,
    int clients,
    List<Contestant> servers,
    Map<String, String> notes) {

  /** Writes everything but the commands of the servers. */
  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("day=").append(day).append('\n');
    text.append("machine=").append(machine).append('\n');
    text.append("pinned=").append(pinned).append('\n');
    text.append("clients=").append(clients).append('\n');
    for (int i = 0; i < servers.size(); i++) {
      Contestant each = servers.get(i);
      text.append("server.%d=%s|%s|".formatted(i, each.kind(), each.name()));
      text.append(each.missing().orElse("")).append('\n');
    }
    int number = 0;
    for (Map.Entry<String, String> note : notes.entrySet()) {
      text.append("note.%d=%s|%s\n".formatted(number++, note.getKey(), note.getValue()));
    }
    Files.writeString(file, text);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if there is no such file
   */
  static RunInfo read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    List<Contestant> servers = new ArrayList<>();
    for (int i = 0; properties.containsKey("server." + i); i++) {
      String[] fields = properties.getProperty("server." + i).split("\\|", 3);
      servers.add(
          new Contestant(
              fields[1],
              Contestant.Kind.valueOf(fields[0]),
              List.of(),
              List.of(),
              Optional.of(fields[2]).filter(reason -> !reason.isEmpty())));
    }
    Map<String, String> notes = new LinkedHashMap<>();
    for (int i = 0; properties.containsKey("note." + i); i++) {
      String[] fields = properties.getProperty("note." + i).split("\\|", 2);
      notes.put(fields[0], fields[1]);
    }
    return new RunInfo(
        LocalDate.parse(properties.getProperty("day")),
        properties.getProperty("machine"),
        Boolean.parseBoolean(properties.getProperty("pinned")),
        Integer.parseInt(properties.getProperty("clients")),
        List.copyOf(servers),
        notes);
  }
}
