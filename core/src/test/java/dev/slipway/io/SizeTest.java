// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "512B, 512",
    "1k, 1024",
    "64M, 67108864",
    "64 MiB, 67108864",
    "2G, 2147483648",
    "' 2 gb ', 2147483648",
    "3TiB, 3298534883328",
    "8388607T, 9223370937343148032"
  })
  void readsWhatPeopleWrite(String text, long bytes) {
    assertThat(Size.parse(text)).isEqualTo(Size.bytes(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1", "1.5G", "1 E", "12 MiBs", "١M", "1 0"})
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> Size.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a size; write a whole number with KiB, MiB, GiB or TiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8388608T", "9223372036854775808", "99999999999999999999999"})
  void refusesWhatDoesNotFit(String text) {
    assertThatThrownBy(() -> Size.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is more than 8 EiB");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1 KiB",
    "67108864, 64 MiB",
    "1536, 1.5 KiB",
    "432537600, 412.5 MiB",
    "1099511627776, 1 TiB",
    "9223372036854775807, 8388608.0 TiB"
  })
  void printsUnits(long bytes, String text) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(Size.bytes(bytes)).hasToString(text);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void roundsUp() {
    Size step = Size.kib(4);
    assertThat(Size.bytes(0).roundedUpTo(step)).isEqualTo(Size.bytes(0));
    assertThat(Size.bytes(1).roundedUpTo(step)).isEqualTo(step);
    assertThat(Size.bytes(4096).roundedUpTo(step)).isEqualTo(step);
    assertThat(Size.bytes(4097).roundedUpTo(step)).isEqualTo(Size.kib(8));
  }

  @Test
  void refusesNegativeSizes() {
    assertThatThrownBy(() -> Size.bytes(-1)).hasMessageContaining("must not be negative: -1");
    assertThatThrownBy(() -> Size.gib(1L << 33)).isInstanceOf(ArithmeticException.class);
  }
}
