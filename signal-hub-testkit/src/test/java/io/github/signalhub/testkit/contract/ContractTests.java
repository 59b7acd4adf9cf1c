package io.github.signalhub.testkit.contract;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Cases of a contract as tests. */
final class ContractTests {
  private ContractTests() {}

  /**
   * Returns a test for each case. Prints how many there are. Surefire's capture of the output needs
   * that: it fails for good if the first output of a JVM comes from a thread without a context
   * class loader, and the hub's threads have none.
   */
  static Stream<DynamicTest> of(Stream<ContractCase> cases) {
    List<ContractCase> all = cases.toList();
    System.out.println(all.size() + " cases");
    return all.stream().map(each -> DynamicTest.dynamicTest(each.name(), each::run));
  }
}
