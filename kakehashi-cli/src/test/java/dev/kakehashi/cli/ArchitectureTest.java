package dev.kakehashi.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Set;

/**
 * The floors of the house and what is banned in it. It stands in the topmost module because only
 * this one sees the classes of all.
 */
class ArchitectureTest {
    /**
     * Classes that may start a process, each for the reason given. Everything else goes through one
     * of them.
     */
    private static final Set<String> PROCESS_EXECUTION =
            Set.of(
                    // Programs that are the only interface to what they change, iptables above all.
                    "dev.kakehashi.linux.program.HostProgram",
                    // A runtime executes plugins, and a plugin its delegates (CNI SPEC, sections 2
                    // and 4).
                    "dev.kakehashi.cni.exec.ProcessPluginExec",
                    // dhcp has a daemon, which asks a server.
                    "dev.kakehashi.conformance.stage.Daemon",
                    // The lab's agents, and commands that its user asks for.
                    "dev.kakehashi.lab.Lab",
                    "dev.kakehashi.lab.LabAgents",
                    "dev.kakehashi.lab.LabPrograms");

    /** Classes that may end the process behind the back of main, each for the reason given. */
    private static final Set<String> HALTS =
            Set.of(
                    // Its deadline must hold also while its main thread waits for the kernel.
                    "dev.kakehashi.agent.attach.OneShot",
                    // A server that was told to end has succeeded, and the JVM says 143.
                    "dev.kakehashi.linux.OrderedEnd");

    private static JavaClasses house;

    @BeforeAll
    static void importClasses() {
        house =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .withImportOption(ArchitectureTest::isNotATestJar)
                        .importPackages("dev.kakehashi");
    }

    private static boolean isNotATestJar(Location location) {
        return !location.contains("-tests.jar");
    }

    @Test
    void everyFloorImportsOnlyThoseBelowIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.kakehashi..")
                .withOptionalLayers(true)
                .layer("linux")
                .definedBy("dev.kakehashi.linux..", "dev.kakehashi.state..")
                .layer("cni")
                .definedBy("dev.kakehashi.cni..")
                .layer("conformance")
                .definedBy("dev.kakehashi.conformance..")
                .layer("plugins")
                .definedBy("dev.kakehashi.plugins..", "dev.kakehashi.ipam..")
                .layer("cluster")
                .definedBy("dev.kakehashi.cluster..")
                .layer("stores")
                .definedBy("dev.kakehashi.store..")
                .layer("agent")
                .definedBy("dev.kakehashi.agent..", "dev.kakehashi.insight..")
                .layer("cli")
                .definedBy("dev.kakehashi.cli..", "dev.kakehashi.lab..")
                // Neither knows the other: both are libraries that people use alone.
                .whereLayer("linux")
                .mayNotAccessAnyLayer()
                .whereLayer("cni")
                .mayNotAccessAnyLayer()
                // It judges plugins from outside, ours like any other.
                .whereLayer("conformance")
                .mayOnlyAccessLayers("linux", "cni")
                .whereLayer("plugins")
                .mayOnlyAccessLayers("linux", "cni")
                .whereLayer("cluster")
                .mayOnlyAccessLayers("linux", "cni", "plugins")
                // Found by ServiceLoader: nobody needs their libraries who does not use them.
                .whereLayer("stores")
                .mayOnlyAccessLayers("cluster", "linux", "cni")
                .whereLayer("stores")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("agent")
                .mayOnlyAccessLayers("linux", "cni", "plugins", "cluster")
                .ensureAllClassesAreContainedInArchitecture()
                .check(house);
    }

    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        slices().matching("dev.kakehashi.(**)").should().beFreeOfCycles().check(house);
    }

    @Test
    void theKernelLibraryDoesNotKnowTheStateEngine() {
        noClasses()
                .that()
                .resideInAPackage("dev.kakehashi.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.kakehashi.state..")
                .check(house);
    }

    @Test
    void theCniLibraryDependsOnJacksonCoreOnly() {
        classes()
                .that()
                .resideInAPackage("dev.kakehashi.cni..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.kakehashi.cni..",
                        "java..",
                        "org.jspecify.annotations",
                        "com.fasterxml.jackson.core..")
                .check(house);
    }

    @Test
    void nativeAccessStaysInTheKernelLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.kakehashi.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(house);
    }

    @Test
    void networkInterfaceIsNotUsed() {
        // It reads /proc/net, which is the main thread's namespace, whatever namespace the caller
        // is in.
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(NetworkInterface.class)
                .check(house);
    }

    @Test
    void addressesAreNeverMadeFromHostNames() {
        // getByName asks the resolver where the text is no literal: a blocking question to the
        // network, in some namespace.
        noClasses()
                .should()
                .callMethod(InetAddress.class, "getByName", String.class)
                .orShould()
                .callMethod(InetAddress.class, "getAllByName", String.class)
                .check(house);
    }

    @Test
    void processesAreStartedInNamedPlacesOnly() {
        noClasses()
                .that(are(notNamed(PROCESS_EXECUTION)))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .callMethodWhere(calls(Runtime.class, "exec"))
                .check(house);
    }

    @Test
    void theProcessIsLeftByMainOnly() {
        DescribedPredicate<JavaAccess<?>> outsideMain =
                DescribedPredicate.describe(
                        "from outside of main",
                        access ->
                                !access.getOrigin().getName().equals("main")
                                        && !access.getOrigin()
                                                .getName()
                                                .startsWith("lambda$main$"));
        noClasses()
                .that(are(notNamed(HALTS)))
                .should()
                .callMethodWhere(calls(System.class, "exit").and(outsideMain))
                .orShould()
                .callMethodWhere(calls(Runtime.class, "halt").and(outsideMain))
                .check(house);
    }

    @Test
    void theKernelLibraryStartsNoVirtualThreads() {
        // A namespace belongs to the thread of the operating system, which virtual threads share;
        // and a native call that
        // blocks holds its carrier.
        noClasses()
                .that(
                        are(
                                resideInAPackage("dev.kakehashi.linux..")
                                        .or(resideInAPackage("dev.kakehashi.state.."))))
                .should()
                .callMethodWhere(
                        calls(Thread.class, "ofVirtual")
                                .or(calls(Thread.class, "startVirtualThread"))
                                .or(
                                        calls(
                                                java.util.concurrent.Executors.class,
                                                "newVirtualThreadPerTaskExecutor")))
                .check(house);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked =
                house.stream()
                        .map(JavaClass::getPackage)
                        .distinct()
                        .filter(p -> !p.isAnnotatedWith(NullMarked.class))
                        .map(JavaPackage::getName)
                        .sorted()
                        .toList();
        assertThat(unmarked).as("packages without @NullMarked in a package-info.java").isEmpty();
    }

    private static DescribedPredicate<JavaClass> notNamed(Set<String> names) {
        return DescribedPredicate.describe(
                "not among " + names, type -> !names.contains(topLevel(type).getName()));
    }

    private static JavaClass topLevel(JavaClass type) {
        JavaClass result = type;
        while (result.getEnclosingClass().isPresent()) {
            result = result.getEnclosingClass().get();
        }
        return result;
    }

    private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, String method) {
        return DescribedPredicate.describe(
                owner.getSimpleName() + "." + method,
                access -> {
                    AccessTarget target = access.getTarget();
                    return target.getName().equals(method)
                            && target.getOwner().isEquivalentTo(owner);
                });
    }
}
