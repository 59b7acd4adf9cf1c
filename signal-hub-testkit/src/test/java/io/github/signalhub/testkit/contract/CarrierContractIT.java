package io.github.signalhub.testkit.contract;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract passes an honest carrier, and fails each fault by its own name. */
class CarrierContractIT {
  @TestFactory
  Stream<DynamicTest> passesAnHonestCarrier() {
    return ContractTests.of(CarrierContract.cases(SmallCarrier::start));
  }
}
