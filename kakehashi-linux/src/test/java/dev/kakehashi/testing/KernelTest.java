package dev.kakehashi.testing;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test, or a class of tests, on a real kernel as root. It takes its namespaces from a parameter
 * of type {@link TestNamespaces} and fails when it leaves descriptors open.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("kernel")
@ExtendWith({RootCondition.class, FdLeakExtension.class, TestNamespacesResolver.class})
public @interface KernelTest {}
