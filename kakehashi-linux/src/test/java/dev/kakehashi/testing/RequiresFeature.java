package dev.kakehashi.testing;

import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test that needs kernel features; without one it is skipped with its name. The names are those
 * of {@link dev.kakehashi.linux.probe.Features}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(FeatureCondition.class)
public @interface RequiresFeature {
    /** Names of features, e.g. {@code vlan}. */
    String[] value();
}
