// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.SampleMenus;
import dev.slipway.bootconfig.Slot;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.signature.UntrustedException;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RAUC 1.8 as Debian has it judges our bundles. */
@RequiresTool(value = "rauc", in = "rauc")
class RaucTest {
  @TempDir Path temp;
  private Path keyring;

  @BeforeEach
  void writeKeyring() throws Exception {
    keyring = Files.writeString(temp.resolve("ca"), DevelopmentKeys.pem(Samples.KEYS.authority()));
  }

  private String rauc(String... words) throws Exception {
    var command = new ArrayList<String>(List.of("rauc"));
    command.addAll(List.of(words));
    command.add("--keyring=" + keyring);
    return Tool.output(command.toArray(String[]::new));
  }

  @Test
  void raucInfoAcceptsABundle() throws Exception {
    Path bundle = Samples.write(Samples.recipe(), temp);
    assertThat(rauc("info", bundle.toString()))
        .contains("Compatible:")
        .contains("robot-mk2")
        .contains("verity")
        .contains("[rootfs]")
        .contains("Verified inline signature by");
  }

  @Test
  void raucExtractsWhatWePutIn() throws Exception {
    Path bundle = Samples.write(Samples.recipe(), temp);
    Path out = temp.resolve("out");
    rauc("extract", bundle.toString(), out.toString());
    assertThat(out.resolve("rootfs.img")).hasBinaryContent(Samples.image(100, 1));
    assertThat(out.resolve("bootloader.img")).hasBinaryContent(Samples.image(3, 2));
  }

  /** With what we never write: hooks, a description, images without a file, another compression. */
  @ParameterizedTest
  @EnumSource
  void whatRaucMakesIsReadAndNeverInstalled(BundleOptions.Format format) throws Exception {
    byte[] image = Samples.image(100, 1);
    Path content = Files.createDirectory(temp.resolve("content"));
    Files.write(content.resolve("root_file.img"), image);
    Files.writeString(content.resolve("hook.sh"), "#!/bin/sh\n");
    Files.writeString(
        content.resolve("manifest.raucm"),
        "[update]\ncompatible=robot-mk2\ndescription=Not ours\nbuild=7\n\n[bundle]\nformat="
            + format.name().toLowerCase(Locale.ROOT)
            + "\n\n[hooks]\nfilename=hook.sh\n\n[image.rootfs]\nfilename=root_file.img\n"
            + "hooks=post-install;\n\n[image.appfs]\nhooks=install;\n");
    Path key =
        Files.writeString(temp.resolve("key"), DevelopmentKeys.pem(Samples.KEYS.signerKey()));
    Path signer =
        Files.writeString(
            temp.resolve("cert"), DevelopmentKeys.pem(Samples.KEYS.signer().certificate()));
    Path made = temp.resolve("made.raucb");
    Tool.output(
        "rauc", "--cert=" + signer, "--key=" + key, "bundle", content.toString(), made.toString());
    try (BlockSource source = BlockSource.file(made);
        Bundle bundle = Bundle.open(source, "made", Samples.policy())) {
      BundleManifest manifest = bundle.manifest();
      assertThat(bundle.format()).isEqualTo(format);
      assertThat(Bundle.peek(source, "made")).isEqualTo(manifest);
      assertThat(manifest.foreign()).isTrue();
      assertThat(manifest.compatible()).isEqualTo("robot-mk2");
      assertThat(manifest.version()).isEqualTo("unknown");
      assertThat(manifest.notes()).isEqualTo("Not ours");
      assertThat(manifest.images()).extracting(BundleImage::slot).containsExactly("rootfs");
      assertThat(bundle.image(manifest.images().get(0)).readAll()).isEqualTo(image);
      bundle.verify(Progress.none());
      assertThat(
              new MachineState(
                      "robot-mk2", Optional.empty(), Optional.empty(), Samples.TIME, Samples.TIME)
                  .objection(manifest, true)
                  .orElseThrow())
          .contains("made by another tool");
    }
    byte[] altered = Files.readAllBytes(made);
    altered[altered.length / 2] ^= 1;
    assertThatThrownBy(
            () -> {
              try (Bundle bundle =
                  Bundle.open(BlockSource.bytes(altered), "altered", Samples.policy())) {
                bundle.verify(Progress.none());
              }
            })
        .isInstanceOfAny(FormatException.class, UntrustedException.class);
  }

  @Test
  void raucRefusesAnAlteredManifest() throws Exception {
    Path bundle = Samples.write(Samples.recipe(), temp);
    byte[] bytes = Files.readAllBytes(bundle);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.lastIndexOf("robot-mk2")] = 'R';
    Files.write(bundle, bytes);
    assertThat(
            Tool.run(Map.of(), "rauc", "info", "--keyring=" + keyring, bundle.toString()).status())
        .isNotZero();
  }

  @Test
  void raucInfoAcceptsAnEllipticSignature() throws Exception {
    var keys =
        DevelopmentKeys.create(
            DevelopmentKeys.Kind.EC, "Other", Instant.now(), 10, new SecureRandom());
    Files.writeString(keyring, DevelopmentKeys.pem(keys.authority()));
    Path bundle = temp.resolve("elliptic");
    Bundle.write(
        Samples.recipe(), keys.signer(), BundleOptions.zstd(2, temp), bundle, Progress.none());
    assertThat(rauc("info", bundle.toString())).contains("Verified inline signature by");
  }

  /**
   * The whole service on files instead of devices: verity bundles need a device mapper, plain ones
   * do not.
   */
  @Test
  @RequiresTool(value = "dbus-run-session", in = "dbus")
  void raucInstallsAPlainBundle() throws Exception {
    byte[] image = Samples.image(100, 1);
    Path calls =
        installation(
            "bootloader=grub\ngrubenv=@/grubenv", "grub-editenv", "shift; echo $* >>@/calls");
    withService(image, "rauc install plain.raucb");
    assertThat(temp.resolve("b")).hasBinaryContent(image);
    assertThat(temp.resolve("a")).hasBinaryContent(new byte[image.length]);
    assertThat(Files.readAllLines(calls))
        .containsExactly("set B_OK=0 B_TRY=0", "set B_OK=1 B_TRY=0 ORDER=B A");
  }

  /** What machines have that are updated by RAUC: our boot store, by way of the shell. */
  @Test
  @RequiresTool(value = "dbus-run-session", in = "dbus")
  void raucChoosesSlotsThroughTheHandlerThatImagesHave() throws Exception {
    Path store = Files.createDirectories(temp.resolve("esp/EFI/debian"));
    for (int i = 0; i < 2; i++) {
      byte[] block = BootStore.fresh(SampleMenus.ab().freshState(Set.of(Slot.A))).get(i).bytes();
      Files.write(store.resolve("grubenv." + (i + 1)), block);
    }
    Path run = Files.createDirectories(temp.resolve("run/slipway"));
    Files.writeString(run.resolve("boot"), "slot=A\nesp=/dev/none\nstore=/EFI/debian/grubenv\n");
    try (InputStream script = BootStore.class.getResourceAsStream("slipway-boot")) {
      Files.copy(script, temp.resolve("slipway-boot"));
    }
    Path calls =
        installation(
            "bootloader=custom\n\n[handlers]\nbootloader-custom-backend=@/bin/backend",
            "backend",
            "echo $* >>@/calls; SLIPWAY_ROOT=@ SLIPWAY_ESP=@/esp exec sh @/slipway-boot $*");
    byte[] image = Samples.image(100, 1);
    String said =
        withService(
            image,
            "rauc install plain.raucb && rauc status --output-format=shell && rauc status mark-good"
                + " && rauc status mark-bad other && rauc status --output-format=shell");
    assertThat(temp.resolve("b")).hasBinaryContent(image);
    int marked = said.indexOf("marked slot rootfs.0 as good");
    assertThat(said.substring(0, marked))
        .contains("RAUC_BOOT_PRIMARY='rootfs.1'")
        .containsOnlyOnce("RAUC_SLOT_BOOT_STATUS_1='good'")
        .containsOnlyOnce("RAUC_SLOT_BOOT_STATUS_2='good'");
    assertThat(said.substring(marked))
        .contains("RAUC_BOOT_PRIMARY='rootfs.0'")
        .containsOnlyOnce("='bad'");
    assertThat(Files.readAllLines(calls))
        .filteredOn(call -> call.startsWith("set-"))
        .containsExactly("set-state B bad", "set-primary B", "set-state A good", "set-state B bad");
  }

  /** Runs RAUC's service and, beside it, commands; returns what these say. */
  private String withService(byte[] image, String commands) throws Exception {
    boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    boolean loops = root && Tool.run(Map.of(), "losetup", "-f").status() == 0;
    if (!loops) {
      System.err.println("SKIPPED " + commands + ": mounting needs root and a loop device");
    }
    assumeTrue(loops, "mounting needs root and a loop device");
    Bundle.write(
        new BundleRecipe("robot-mk2", "1.1", Samples.TIME).image("rootfs", Samples.volume(image)),
        Samples.KEYS.signer(),
        BundleOptions.zstd(2, temp).withFormat(BundleOptions.Format.PLAIN),
        temp.resolve("plain.raucb"),
        Progress.none());
    Tool.Result result =
        Tool.run(
            Map.of("PATH", temp.resolve("bin") + ":" + System.getenv("PATH")),
            "dbus-run-session",
            "--",
            "env",
            "DBUS_STARTER_BUS_TYPE=session",
            "sh",
            "-c",
            "cd "
                + temp
                + " && { rauc -c system.conf --override-boot-slot=A service >log 2>&1 & p=$!;"
                + " i=0; until grep -q status log || [ $i = 100 ]; do i=$((i+1)); sleep 0.1; done;"
                + " sleep 0.5; "
                + commands
                + "; r=$?; kill $p; exit $r; }");
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }

  /**
   * A machine of files.
   *
   * @param bootLoader what its configuration says of the boot loader; {@code @} is the directory
   * @param program what RAUC calls for it
   * @param script what that does: notes its words, at least
   * @return where they are noted
   */
  private Path installation(String bootLoader, String program, String script) throws Exception {
    Files.write(temp.resolve("a"), new byte[100 * 4096]);
    Files.write(temp.resolve("b"), new byte[100 * 4096]);
    Files.createDirectory(temp.resolve("mount"));
    Path file =
        Files.writeString(
            Files.createDirectory(temp.resolve("bin")).resolve(program),
            ("#!/bin/sh\n" + script + "\n").replace("@", temp.toString()));
    assertThat(file.toFile().setExecutable(true)).isTrue();
    Files.writeString(
        temp.resolve("system.conf"),
        """
        [system]
        compatible=robot-mk2
        statusfile=@/status
        mountprefix=@/mount
        %s

        [keyring]
        path=@/ca

        [slot.rootfs.0]
        device=@/a
        type=raw
        bootname=A

        [slot.rootfs.1]
        device=@/b
        type=raw
        bootname=B
        """
            .formatted(bootLoader)
            .replace("@", temp.toString()));
    return temp.resolve("calls");
  }
}
