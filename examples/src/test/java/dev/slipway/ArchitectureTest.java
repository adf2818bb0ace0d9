// SPDX-License-Identifier: Apache-2.0
package dev.slipway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the code to the table of {@code docs/architecture.md}: which package may use which. */
class ArchitectureTest {
  private static final String ROOT = "dev.slipway.";

  private static final Set<String> FOUNDATION = Set.of("io", "digest", "progress");

  /** Package to the packages it may use, beside itself and the foundation. */
  private static final Map<String, Set<String>> MAY_USE = new TreeMap<>();

  static {
    row("io");
    row("digest", "io");
    row("progress", "io");
    row("tree");
    row("volume", "tree");
    row("store", "tree");
    row("codec");
    row("match");
    row("arrange", "tree");
    row("fetch");
    row("signature");
    row("bootconfig");
    row("deb", "tree", "codec");
    row("apt", "deb", "fetch", "signature", "store", "codec");
    row("rootfs", "deb", "apt", "tree", "store", "codec");
    row("fs.ext4", "tree", "volume", "codec");
    row("fs.fat", "tree", "volume", "codec");
    row("gpt", "volume");
    row("boot", "tree", "codec", "bootconfig");
    row("fs.squashfs", "tree", "volume", "codec");
    row("verity", "volume");
    row(
        "disk",
        "tree",
        "volume",
        "codec",
        "bootconfig",
        "fs.ext4",
        "fs.fat",
        "fs.squashfs",
        "gpt",
        "verity",
        "boot");
    row("ostree.gvariant");
    row("ostree.object", "ostree.gvariant", "tree", "codec");
    row(
        "ostree",
        "ostree.gvariant",
        "ostree.object",
        "tree",
        "codec",
        "match",
        "fetch",
        "signature",
        "bootconfig",
        "arrange");
    row("delta.member", "codec");
    row("delta.code", "match");
    row("delta.coding");
    row("delta", "volume", "match", "codec", "delta.member", "delta.code", "delta.coding");
    List<String> device =
        List.of(
            "tree",
            "volume",
            "codec",
            "match",
            "arrange",
            "fetch",
            "signature",
            "bootconfig",
            "fs.ext4",
            "fs.fat",
            "fs.squashfs",
            "gpt",
            "verity",
            "boot",
            "disk",
            "delta",
            "ostree",
            "ostree.object",
            "ostree.gvariant");
    row("bundle", device.toArray(String[]::new));
    var update = new ArrayList<>(device);
    update.add("bundle");
    row("update", update.toArray(String[]::new));
    List<String> below =
        List.of(
            "match",
            "fs.squashfs",
            "verity",
            "delta",
            "ostree",
            "ostree.object",
            "ostree.gvariant",
            "bundle",
            "update",
            "tree",
            "volume",
            "store",
            "codec",
            "arrange",
            "fetch",
            "signature",
            "bootconfig",
            "deb",
            "apt",
            "rootfs",
            "fs.ext4",
            "fs.fat",
            "gpt",
            "boot",
            "disk");
    row("spec", below.toArray(String[]::new));
    var build = new ArrayList<>(below);
    build.add("spec");
    row("build", build.toArray(String[]::new));
  }

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.slipway");

  private static void row(String name, String... others) {
    MAY_USE.put(name, Set.copyOf(Arrays.asList(others)));
  }

  @Test
  void packagesUseOnlyWhatTheTableAllows() {
    var broken = new TreeSet<String>();
    for (JavaClass type : CODE) {
      String from = roomOf(type);
      if (!MAY_USE.containsKey(from)) {
        continue;
      }
      for (var dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass();
        if (target.isArray()) {
          target = target.getBaseComponentType();
        }
        String to = roomOf(target);
        boolean ours = target.getPackageName().startsWith(ROOT);
        if (ours
            && !to.equals(from)
            && !FOUNDATION.contains(to)
            && !MAY_USE.get(from).contains(to)) {
          broken.add(from + " uses " + to + ": " + dependency.getDescription());
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPackageIsInTheTable() {
    Set<String> rooms =
        CODE.stream().map(ArchitectureTest::roomOf).collect(Collectors.toCollection(TreeSet::new));
    rooms.removeIf(room -> room.startsWith("examples") || room.startsWith("benchmarks"));
    assertThat(MAY_USE.keySet()).containsAll(rooms);
  }

  @Test
  void packagesFormNoCircles() {
    slices().matching("dev.slipway.(**)").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void nothingUsesExamplesOrBenchmarks() {
    classes()
        .that()
        .resideInAnyPackage("dev.slipway.examples..", "dev.slipway.benchmarks..")
        .should()
        .onlyHaveDependentClassesThat()
        .resideInAnyPackage("dev.slipway.examples..", "dev.slipway.benchmarks..")
        .check(CODE);
  }

  private static String roomOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "";
  }
}
