// SPDX-License-Identifier: Apache-2.0
package dev.slipway.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersTest {
  private static final List<Integer> MANY = IntStream.range(0, 1000).boxed().toList();

  @Test
  void everyItemIsTakenOnce() throws IOException {
    Set<Integer> taken = ConcurrentHashMap.newKeySet();
    Workers.forEach(MANY, 4, "test", item -> assertThat(taken.add(item)).isTrue());
    assertThat(taken).hasSameSizeAs(MANY);
    Workers.forEach(List.of(), 4, "test", item -> taken.clear());
    assertThat(taken).hasSameSizeAs(MANY);
  }

  @Test
  void aSingleItemNeedsNoThread() throws IOException {
    Thread caller = Thread.currentThread();
    Workers.forEach(
        List.of(1), 4, "test", item -> assertThat(Thread.currentThread()).isSameAs(caller));
  }

  /** Both fail, the later one first: what is thrown does not depend on who was quicker. */
  @Test
  void theFirstFailureInOrderIsThrown() {
    var secondFailed = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                Workers.forEach(
                    List.of(0, 1),
                    2,
                    "test",
                    item -> {
                      if (item == 0) {
                        await(secondFailed);
                      } else {
                        secondFailed.countDown();
                      }
                      throw new IOException("item " + item);
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("item 0");
  }

  @Test
  void afterAFailureNothingMoreIsStarted() {
    Set<Integer> taken = ConcurrentHashMap.newKeySet();
    assertThatThrownBy(
            () ->
                Workers.forEach(
                    MANY,
                    1,
                    "test",
                    item -> {
                      taken.add(item);
                      if (item == 10) {
                        throw new IllegalStateException("ten");
                      }
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(taken).hasSize(11);
  }

  @Test
  void anErrorOfAWorkerIsTheCallers() {
    assertThatThrownBy(
            () ->
                Workers.forEach(
                    MANY,
                    2,
                    "test",
                    item -> {
                      throw new StackOverflowError("deep");
                    }))
        .isInstanceOf(StackOverflowError.class);
  }

  /** The caller is interrupted while it waits; when it comes back, nothing works any more. */
  @Test
  void anInterruptedCallerLeavesNoWorkBehind() {
    Thread caller = Thread.currentThread();
    var working = new AtomicBoolean();
    assertThatThrownBy(
            () ->
                Workers.forEach(
                    List.of(0, 1),
                    2,
                    "test",
                    item -> {
                      working.set(true);
                      caller.interrupt();
                      spin();
                      working.set(false);
                    }))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(working).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  /** Work that hears no interruption, as system calls do not. */
  private static void spin() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
