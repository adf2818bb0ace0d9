// SPDX-License-Identifier: Apache-2.0
package dev.slipway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the code to the table of {@code docs/architecture.md}: which package may use which. */
class ArchitectureTest {
  private static final String ROOT = "dev.slipway.";

  private static final Set<String> FOUNDATION = Set.of("io", "digest", "progress", "work");

  /** Package to the packages it may use, beside itself and the foundation. */
  private static final Map<String, Set<String>> MAY_USE =
      LayerTable.read(Path.of("../docs/architecture.md")).mayUse();

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.slipway");

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
    assertThat(rooms).isSubsetOf(MAY_USE.keySet());
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
