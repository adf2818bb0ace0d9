// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.signature.Cms;
import dev.slipway.signature.CmsPolicy;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.signature.UntrustedException;
import dev.slipway.tree.Content;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
  @TempDir Path temp;

  @Test
  void aBundleComesBackAsItWasMade() throws Exception {
    Path file = Samples.write(Samples.recipe(), temp);
    try (BlockSource source = BlockSource.file(file);
        Bundle bundle = Bundle.open(source, "update", Samples.policy())) {
      BundleManifest manifest = bundle.manifest();
      assertThat(manifest.compatible()).isEqualTo("robot-mk2");
      assertThat(manifest.version()).isEqualTo("1.1");
      assertThat(manifest.sequence()).isEqualTo(Samples.TIME.getEpochSecond());
      assertThat(manifest.expiresAt()).contains(Samples.TIME.plusSeconds(86_400));
      assertThat(manifest.notes()).isEqualTo("First line.\n\tSecond; with \\ and ünïcödé.\n");
      assertThat(Bundle.peek(source, "update")).isEqualTo(manifest);
      BundleImage image = manifest.image("rootfs").orElseThrow();
      byte[] expected = Samples.image(100, 1);
      assertThat(image.digest()).isEqualTo(Digest.of(expected));
      assertThat(bundle.image(image).readAll()).isEqualTo(expected);
      BundleDelta delta = image.deltaFrom(Samples.OLD).orElseThrow();
      assertThat(delta.fromVersion()).isEqualTo("1.0");
      assertThat(bundle.delta(delta).readAll()).isEqualTo(Samples.delta(expected).readAll());
      byte[] index = bundle.blockHashIndex(image).readAll();
      assertThat(Arrays.copyOfRange(index, 32 * 99, 32 * 100))
          .isEqualTo(Digest.of(new byte[4096]).bytes());
      assertThat(bundle.signer().subject()).isEqualTo("CN=Test development signer");
      bundle.verify(Progress.none());
    }
    try (var left = Files.list(temp)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void theSameRecipeGivesTheSameBytes() throws Exception {
    byte[] first = Files.readAllBytes(Samples.write(Samples.recipe(), temp));
    Path target = temp.resolve("again");
    Bundle.write(
        Samples.recipe(),
        Samples.KEYS.signer(),
        BundleOptions.zstd(1, temp.resolve("work")),
        target,
        Progress.none());
    assertThat(target).hasBinaryContent(first);
  }

  @Test
  void aBundleOfDeltasAloneSaysWhatTheyLeadTo() throws Exception {
    Content target = Content.bytes(Samples.image(10, 3));
    BundleRecipe recipe =
        new BundleRecipe("robot", "2", Samples.TIME)
            .sequence(7)
            .target("rootfs", target)
            .delta("rootfs", Samples.OLD, "1", Samples.delta(Samples.image(10, 3)));
    Path file = Samples.write(recipe, temp);
    try (BlockSource source = BlockSource.file(file);
        Bundle bundle = Bundle.open(source, "update", Samples.policy())) {
      BundleImage image = bundle.manifest().image("rootfs").orElseThrow();
      assertThat(bundle.manifest().sequence()).isEqualTo(7);
      assertThat(image.digest()).isEqualTo(target.digest());
      assertThat(image.file()).isEmpty();
      assertThatThrownBy(() -> bundle.image(image))
          .hasMessage("update: it has only deltas for slot rootfs");
      bundle.verify(Progress.none());
    }
  }

  @Test
  void strangersAreRefused() throws Exception {
    Path file = Samples.write(Samples.recipe(), temp);
    var other =
        DevelopmentKeys.create(
            DevelopmentKeys.Kind.EC, "Test", Samples.TIME, 10, new SecureRandom());
    CmsPolicy policy = CmsPolicy.trusting(List.of(other.authority()), Samples.TIME, Samples.TIME);
    try (BlockSource source = BlockSource.file(file)) {
      assertThatThrownBy(() -> Bundle.open(source, "update", policy))
          .isInstanceOf(UntrustedException.class)
          .hasMessageStartingWith("update: signature: not trusted: nobody who is trusted vouches");
    }
  }

  /** Squashfs, hash tree, CMS and length: every byte counts but the padding of the payload. */
  @Test
  void everyAlteredByteIsFound() throws Exception {
    byte[] good = Files.readAllBytes(Samples.write(Samples.recipe(), temp));
    var random = new Random(5);
    BundleEnd end = BundleEnd.of(BlockSource.bytes(good), "good");
    byte[] signed = Cms.withoutVerifying(end.cms(), "good");
    long treeBytes = ManifestText.readVerity(signed, "good").tree().sizeBytes();
    int tree = (int) (end.start() - treeBytes);
    int[] regions = {0, tree, (int) end.start(), good.length - 8, good.length};
    for (int i = 0; i < 300; i++) {
      byte[] altered = good.clone();
      int region = i % 4;
      int at = regions[region] + random.nextInt(regions[region + 1] - regions[region]);
      altered[at] ^= (byte) (1 << random.nextInt(8));
      BundleManifest manifest;
      try (Bundle bundle = Bundle.open(BlockSource.bytes(altered), "altered", Samples.policy())) {
        manifest = bundle.manifest();
        bundle.verify(Progress.none());
      } catch (FormatException | UntrustedException e) {
        assertThat(e).hasMessageStartingWith("altered: ");
        continue;
      }
      // Some bits of a message mean nothing, such as those of a certificate nobody asks for.
      assertThat(region).isEqualTo(2);
      assertThat(manifest).isEqualTo(Bundle.peek(BlockSource.bytes(good), "good"));
    }
  }

  @Test
  void everyCutIsFound() throws Exception {
    byte[] good = Files.readAllBytes(Samples.write(Samples.recipe(), temp));
    for (int length = 0; length < good.length; length += length < 100 ? 1 : 997) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> Bundle.open(BlockSource.bytes(cut), "cut", Samples.policy()).close())
          .isInstanceOfAny(FormatException.class, UntrustedException.class)
          .hasMessageStartingWith("cut: ");
    }
    for (int length = good.length - 20; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> Bundle.open(BlockSource.bytes(cut), "cut", Samples.policy()).close())
          .isInstanceOf(FormatException.class)
          .hasMessageMatching("cut: .*");
    }
  }

  @Test
  void thingsThatAreNoBundleAreNamed() {
    assertThatThrownBy(() -> Bundle.open(BlockSource.bytes(new byte[5]), "five", Samples.policy()))
        .hasMessage("five: 5 bytes are too few for a bundle");
    assertThatThrownBy(
            () -> Bundle.open(BlockSource.bytes(new byte[5000]), "zeros", Samples.policy()))
        .hasMessage(
            "zeros: byte 4992: signature length: found 0, expected 1 to 4992; is it cut off, or no"
                + " bundle at all?");
  }

  @Test
  void aGoodBundleStaysWhenItsSuccessorFails() throws Exception {
    Path file = Samples.write(Samples.recipe(), temp);
    byte[] good = Files.readAllBytes(file);
    BundleRecipe broken =
        new BundleRecipe("robot", "2", Samples.TIME)
            .delta("rootfs", Samples.OLD, "1", Content.utf8("delta"));
    assertThatThrownBy(() -> Samples.write(broken, temp))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("slot rootfs: deltas alone need a target: the new image's digest");
    assertThat(file).hasBinaryContent(good);
    try (var left = Files.list(temp)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void aDeltaThatDoesNotFitIsRefused() throws Exception {
    Content delta = Samples.delta(Samples.image(10, 3));
    Digest other = Digest.of(new byte[] {1});
    for (BundleRecipe wrong :
        List.of(
            new BundleRecipe("robot", "2", Samples.TIME)
                .image("rootfs", Samples.volume(Samples.image(10, 3)))
                .delta("rootfs", other, "1", delta),
            new BundleRecipe("robot", "2", Samples.TIME)
                .image("rootfs", Samples.volume(Samples.image(10, 4)))
                .delta("rootfs", Samples.OLD, "1", delta),
            new BundleRecipe("robot", "2", Samples.TIME)
                .image("rootfs", Samples.volume(Samples.image(10, 3)))
                .delta("rootfs", Samples.OLD, "1", Content.utf8("delta")))) {
      assertThatThrownBy(() -> Samples.write(wrong, temp))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("slot rootfs: the delta from 1")
          .hasMessageMatching(".*(was made for the image|makes the image|is not a delta).*");
    }
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void recipesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(
            () -> new BundleRecipe(" ", "1", Samples.TIME).manifest(List.of(), List.of()))
        .hasMessageStartingWith("compatible must be one line");
    assertThatThrownBy(
            () -> new BundleRecipe("robot", "1", Samples.TIME).manifest(List.of(), List.of()))
        .hasMessage("a bundle without an image updates nothing");
    assertThatThrownBy(
            () -> new BundleImage("../x", 1, Samples.OLD, Optional.of("x.img"), false, List.of()))
        .hasMessageContaining("a slot's name");
    assertThatThrownBy(() -> new BundleDelta(Samples.OLD, "1", "../etc/passwd", 1, Samples.OLD))
        .hasMessageContaining("a file's name");
  }
}
