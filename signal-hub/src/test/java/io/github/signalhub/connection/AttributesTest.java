package io.github.signalhub.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AttributesTest {
  private static final AttributeKey<String> TENANT = AttributeKey.of("tenant", String.class);
  private static final AttributeKey<Integer> LEVEL = AttributeKey.of("level", Integer.class);

  @Nested
  class Keys {
    @Test
    void ofTheSameNameAndClassAreEqual() {
      assertThat(TENANT)
          .isEqualTo(AttributeKey.of("tenant", String.class))
          .hasSameHashCodeAs(AttributeKey.of("tenant", String.class))
          .isNotEqualTo(AttributeKey.of("tenant", Object.class))
          .isNotEqualTo(AttributeKey.of("level", String.class))
          .hasToString("tenant: java.lang.String");
    }

    @Test
    void ofAPrimitiveTypeAreThoseOfItsWrapper() {
      assertThat(AttributeKey.of("level", int.class)).isEqualTo(LEVEL);
      assertThat(Attributes.NONE.with(AttributeKey.of("level", int.class), 3).get(LEVEL))
          .contains(3);
    }

    @Test
    void withoutANameOrAClassAreRefused() {
      assertThatIllegalArgumentException().isThrownBy(() -> AttributeKey.of("", String.class));
      assertThatNullPointerException().isThrownBy(() -> AttributeKey.of(null, String.class));
      assertThatNullPointerException().isThrownBy(() -> AttributeKey.of("tenant", null));
    }
  }

  @Test
  void areFoundByTheirKeys() {
    Attributes both = Attributes.NONE.with(TENANT, "acme").with(LEVEL, 3);

    assertThat(both.get(TENANT)).contains("acme");
    assertThat(both.get(AttributeKey.of("level", Integer.class))).contains(3);
    assertThat(Attributes.NONE.get(TENANT)).isEmpty();
  }

  @Test
  void areReplacedByThoseOfTheSameKeyInACopy() {
    Attributes first = Attributes.NONE.with(TENANT, "acme").with(LEVEL, 3);
    Attributes second = first.with(TENANT, "other");

    assertThat(first.get(TENANT)).contains("acme");
    assertThat(second.get(TENANT)).contains("other");
    assertThat(second.get(LEVEL)).contains(3);
  }

  @Test
  void ofASubclassFitTheKey() {
    AttributeKey<CharSequence> text = AttributeKey.of("text", CharSequence.class);

    assertThat(Attributes.NONE.with(text, "a").get(text)).contains("a");
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void ofAnotherClassAreRefusedWithoutShowingTheValue() {
    AttributeKey raw = LEVEL;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Attributes.NONE.with(raw, "secret"))
        .withMessage(
            "expected a value of attribute level: java.lang.Integer, was a java.lang.String");
  }

  @Test
  void ofOneNameHaveOneClass() {
    AttributeKey<Set<?>> other = otherTenant();
    Attributes one = Attributes.NONE.with(TENANT, "acme");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.with(other, Set.of()))
        .withMessage(
            "expected a key of attribute tenant: java.lang.String, was tenant: java.util.Set");
    assertThatIllegalArgumentException().isThrownBy(() -> one.get(other));
  }

  @Test
  void areNeverNull() {
    assertThatNullPointerException()
        .isThrownBy(() -> Attributes.NONE.with(TENANT, null))
        .withMessage("value");
  }

  @Test
  void arePrintedWithoutTheirValues() {
    assertThat(Attributes.NONE.with(TENANT, "secret").with(LEVEL, 3))
        .hasToString("{tenant: java.lang.String, level: java.lang.Integer}");
  }

  @SuppressWarnings("unchecked")
  private static AttributeKey<Set<?>> otherTenant() {
    return (AttributeKey<Set<?>>) (AttributeKey<?>) AttributeKey.of("tenant", Set.class);
  }
}
