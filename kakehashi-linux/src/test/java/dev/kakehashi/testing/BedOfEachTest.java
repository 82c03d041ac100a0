package dev.kakehashi.testing;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What tests of a class are made on, in namespaces of the test's. Registered as an extension, it is
 * there before each test, and gone before the test's namespaces are. A test that makes one by hand
 * closes it itself.
 */
public abstract class BedOfEachTest
        implements BeforeEachCallback, AfterEachCallback, AutoCloseable {
    private boolean filled;

    /** Makes what is on it; what is there of it when this fails is the subclass's to remove. */
    protected abstract void fill(TestNamespaces namespaces) throws Exception;

    /** Removes all of it. */
    @Override
    public abstract void close();

    @Override
    public final void beforeEach(ExtensionContext context) throws Exception {
        fill(TestNamespaces.of(context));
        filled = true;
    }

    @Override
    public final void afterEach(ExtensionContext context) {
        if (filled) { // else it could not be made
            filled = false;
            close();
        }
    }
}
