// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store under several processes, some of which die. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class StoreProcessesTest {
  @TempDir Path temporary;

  private Path directory() {
    return temporary.resolve("store");
  }

  private static void awaitText(Path log, String text) throws IOException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!Files.exists(log) || !Files.readString(log).contains(text)) {
      assertThat(System.nanoTime()).as("waiting for \"" + text + "\"").isLessThan(deadline);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private List<Path> litter() throws IOException {
    try (Stream<Path> files = Files.list(directory().resolve("users"))) {
      return files.toList();
    }
  }

  /** Two builds at once while a third process, this one, prunes all it can. */
  @Test
  void pruningTakesNothingFromLivingProcesses() throws Exception {
    Path logA = temporary.resolve("a.log");
    Path logB = temporary.resolve("b.log");
    Process a = StoreLoop.start(directory(), logA, 1, 400);
    Process b = StoreLoop.start(directory(), logB, 2, 400);
    try {
      awaitText(logA, "started");
      awaitText(logB, "started");
      int prunes = 0;
      while (a.isAlive() || b.isAlive()) {
        try (Store store = Store.open(directory())) {
          store.prune(0, Duration.ZERO);
          prunes++;
        }
      }
      assertThat(prunes).isGreaterThan(1);
      assertThat(a.waitFor()).as(Files.readString(logA)).isZero();
      assertThat(b.waitFor()).as(Files.readString(logB)).isZero();
    } finally {
      a.destroyForcibly().waitFor();
      b.destroyForcibly().waitFor();
    }
    assertThat(litter()).isEmpty();
    try (Store store = Store.open(directory())) {
      store.prune(0, Duration.ZERO);
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  void killedProcessLeavesOnlyWholeThingsBehind() throws Exception {
    var random = new Random(3);
    int kills = Boolean.getBoolean("slipway.long") ? 100 : 10;
    for (int i = 0; i < kills; i++) {
      Path log = temporary.resolve(i + ".log");
      Process process = StoreLoop.start(directory(), log, i, 0);
      try {
        awaitText(log, "started");
        LockSupport.parkNanos(random.nextInt(80_000_000));
      } finally {
        process.destroyForcibly().waitFor();
      }
      assertThat(Files.readString(log)).isEqualTo("started\n");
      try (Store store = Store.open(directory())) {
        assertThat(litter()).as("the dead one's files are swept out").hasSize(2);
        assertThat(store.verify()).isEmpty();
        for (int number = 0; number < StoreLoop.VALUES; number++) {
          StoreLoop.use(store, number);
        }
        if (i % 2 == 0) {
          continue;
        }
      }
      try (Store store = Store.open(directory())) {
        store.prune(0, Duration.ZERO);
        assertThat(store.list()).isEmpty();
      }
    }
  }
}
