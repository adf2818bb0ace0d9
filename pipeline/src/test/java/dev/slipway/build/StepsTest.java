// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.store.Key;
import dev.slipway.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StepsTest {
  private static final Key KEY = Key.of("initramfs", 1).with("kernel", "6.1");

  @TempDir Path directory;
  private Store store;

  @BeforeEach
  void openStore() throws IOException {
    store = Store.open(directory);
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  private static byte[] never() {
    throw new AssertionError("made a second time");
  }

  @Test
  void whatWasMadeEarlyIsReportedAsMadeAndNotMadeAgain() throws Exception {
    var steps = new Steps(store, "spec");
    steps.early(KEY, () -> new byte[] {1});
    assertThat(steps.reports()).isEmpty();
    assertThat(steps.bytes("initramfs", KEY, StepsTest::never)).containsExactly(1);
    assertThat(steps.reports().get(0).reused()).isFalse();
    assertThat(steps.reports().get(0).why()).containsExactly("it was never made before");
  }

  @Test
  void whatAnEarlierBuildMadeIsReusedByBoth() throws Exception {
    new Steps(store, "spec").early(KEY, () -> new byte[] {1});
    var next = new Steps(store, "spec");
    next.early(KEY, StepsTest::never);
    assertThat(next.bytes("initramfs", KEY, StepsTest::never)).containsExactly(1);
    assertThat(next.reports().get(0).reused()).isTrue();
  }
}
