// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.testing.PowerCuts;
import dev.slipway.testing.PowerCuts.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The power goes: an installation, the first start of what was installed and its confirmation,
 * replayed up to every write. What GRUB starts afterwards is whole: the old release or the new one.
 */
class PowerCutTest {
  @TempDir Path temp;

  private PowerCuts replay(Path bundle, LoaderKind firmware) throws Exception {
    var update = new RecordedUpdate(SampleMachine.updated(), firmware);
    update.live(bundle, temp.resolve("state"));
    PowerCuts cuts = update.cuts(update::check);
    int count = cuts.replay(update.events());
    System.out.printf(
        "%s: %d cuts of %d writes and flushes: %s%n",
        firmware, count, update.events().size(), cuts.counts());
    return cuts;
  }

  /** With a boot loader in the bundle, which is tried, and named when it worked. */
  @ParameterizedTest
  @EnumSource(LoaderKind.class)
  void everyCutOfAFullInstallationStartsTheOldReleaseOrTheNewOne(LoaderKind firmware)
      throws Exception {
    var recipe = SampleMachine.updated().recipe();
    PowerCuts cuts = replay(SampleMachine.write(recipe, temp, "1.1"), firmware);
    assertThat(cuts.counts().get(Kind.BEFORE)).isGreaterThan(60);
    assertThat(cuts.counts().get(Kind.TORN)).isGreaterThan(70);
    assertThat(cuts.counts().get(Kind.WITHOUT_TWO)).isGreaterThan(10);
  }

  @Test
  void everyCutOfADeltaInstallationStartsTheOldReleaseOrTheNewOne() throws Exception {
    PowerCuts cuts = replay(SampleMachine.delta(temp, "1.1", 11), LoaderKind.BIOS);
    assertThat(cuts.counts().get(Kind.BEFORE)).isGreaterThan(15);
  }
}
