package io.github.signalhub.admission;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.Verdict.Admitted;
import io.github.signalhub.admission.Verdict.Refused;
import io.github.signalhub.memory.MemoryTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Fuzz target: any bytes as target and header lines of a handshake, from an unknown peer and from a
 * trusted proxy. Every request gets an answer. No answer quotes the request. A page of an unknown
 * peer is accepted only if its origin is the requested host.
 */
public final class AdmissionFuzz {
  private static final Hub HUB = Hub.create();
  private static final MemoryTransport TRANSPORT = new MemoryTransport();
  private static final InetSocketAddress STRANGER = new InetSocketAddress("203.0.113.7", 4711);
  private static final InetSocketAddress PROXY = new InetSocketAddress("10.0.0.1", 4711);
  private static final Admission ADMISSION =
      Admission.builder()
          .trustedProxies("10.0.0.0/8")
          .handshake(request -> HandshakeDecision.accept().topics(request.topics()))
          .build();
  private static final Admission LOCAL =
      Admission.builder().bindAddress(InetAddress.getLoopbackAddress()).build();
  private static final Set<Integer> STATUSES = Set.of(400, 403, 421);

  private AdmissionFuzz() {}

  /** The fuzzer's entry point. */
  public static void fuzzerTestOneInput(byte[] data) {
    String[] lines = new String(data, ISO_8859_1).split("\n", -1);
    for (InetSocketAddress peer : List.of(STRANGER, PROXY)) {
      AdmissionRequest request = request(peer, lines);
      List<Verdict> verdicts = new ArrayList<>();
      verdicts.add(ADMISSION.admit(request, TRANSPORT, HUB));
      verdicts.add(LOCAL.admit(request, TRANSPORT, HUB));
      for (Verdict verdict : verdicts) {
        if (verdict instanceof Refused refused) {
          require(STATUSES.contains(refused.status()), refused.toString());
          require(refused.reason().chars().allMatch(c -> c < 0x80 || c == '§'), "a quotation");
          require(refused.reason().length() < 80, "a quotation");
        } else if (peer == STRANGER) {
          requireOwnPage(request);
          Admitted admitted = (Admitted) verdict;
          require(admitted.handshake().remoteAddress().orElseThrow() == STRANGER, "a lie");
        }
      }
    }
  }

  private static AdmissionRequest request(InetSocketAddress peer, String[] lines) {
    AdmissionRequest.Builder request = AdmissionRequest.builder(peer);
    int question = lines[0].indexOf('?');
    request.path(question < 0 ? lines[0] : lines[0].substring(0, question));
    request.query(lines[0].substring(question + 1));
    for (int i = 1; i < lines.length; i++) {
      int colon = Math.max(0, lines[i].indexOf(':'));
      request.header(
          lines[i].substring(0, colon), lines[i].substring(colon).replaceFirst(": ?", ""));
    }
    return request.build();
  }

  private static void requireOwnPage(AdmissionRequest request) {
    String host = request.lines().first("Host").orElseThrow().toLowerCase(Locale.ROOT);
    for (String origin : request.lines().all("Origin")) {
      String page = origin.toLowerCase(Locale.ROOT).replaceFirst(".*://", "");
      String name = host.replaceFirst(":[0-9]*$", "");
      require(
          page.equals(host) || page.replaceFirst(":[0-9]*$", "").equals(name), "a foreign page");
    }
  }

  private static void require(boolean holds, String fault) {
    if (!holds) {
      throw new AssertionError("expected no such thing: " + fault);
    }
  }
}
