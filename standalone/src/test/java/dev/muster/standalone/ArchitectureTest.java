package dev.muster.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The picture of the modules, as the code draws it.
class ArchitectureTest {
  private static final JavaClasses MUSTER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.muster");

  @Test
  void apiAndDispatcherKnowTheContractAndNotEachOther() {
    noClasses()
        .that()
        .resideInAPackage("dev.muster.api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.muster.dispatcher..", "dev.muster.standalone..")
        .check(MUSTER);
    noClasses()
        .that()
        .resideInAPackage("dev.muster.dispatcher..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.muster.api..", "dev.muster.standalone..")
        .check(MUSTER);
    noClasses()
        .that()
        .resideInAPackage("dev.muster.events..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.muster.api..", "dev.muster.dispatcher..", "dev.muster.standalone..")
        .check(MUSTER);
    noClasses()
        .that()
        .resideInAnyPackage("dev.muster.events..", "dev.muster.api..", "dev.muster.dispatcher..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.muster.client..")
        .check(MUSTER);
  }

  @Test
  void aDaemonsSideKnowsTheContractOnPaperAlone() {
    classes()
        .that()
        .resideInAPackage("dev.muster.client..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.muster.client..",
            "java..",
            "javax.net.ssl..",
            "org.jspecify..",
            "org.slf4j..",
            "tools.jackson..")
        .check(MUSTER);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.muster.(**)").should().beFreeOfCycles().check(MUSTER);
  }

  @Test
  void theContractKnowsNoFramework() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.muster.events", "dev.muster.events.id", "dev.muster.events.task")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..", "tools.jackson..", "org.apache.kafka..", "java.sql..")
        .check(MUSTER);
  }

  @Test
  void controllersAndStoresArePackagePrivate() {
    classes()
        .that()
        .haveSimpleNameEndingWith("Controller")
        .or()
        .haveSimpleNameEndingWith("Store")
        .should()
        .notHaveModifier(JavaModifier.PUBLIC)
        .check(MUSTER);
  }

  @Test
  void noNameSaysNothing() {
    noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils|Util)$").check(MUSTER);
  }

  @Test
  void everyPackageIsNullMarkedAndSaysWhatItIs() {
    var packages = MUSTER.stream().map(c -> c.getPackage()).distinct().toList();

    assertThat(packages)
        .isNotEmpty()
        .allMatch(p -> p.tryGetPackageInfo().isPresent(), "has a package-info");
    assertThat(packages)
        .allMatch(
            p -> p.tryGetAnnotationOfType("org.jspecify.annotations.NullMarked").isPresent(),
            "is null-marked");
  }
}
