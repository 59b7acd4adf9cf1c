package io.github.signalhub.testkit.contract;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Cases of a contract as tests. */
final class ContractTests {
  private ContractTests() {}

  /**
   * Returns a test for each case, and prints their number. Surefire captures the output only if its
   * first line comes from a thread with a context class loader. The hub's threads have none.
   */
  static Stream<DynamicTest> of(Stream<ContractCase> cases) {
    List<ContractCase> all = cases.toList();
    System.out.println(all.size() + " cases");
    return all.stream().map(each -> DynamicTest.dynamicTest(each.name(), each::run));
  }
}
