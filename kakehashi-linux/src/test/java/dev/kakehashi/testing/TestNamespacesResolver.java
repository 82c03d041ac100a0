package dev.kakehashi.testing;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test its {@link TestNamespaces} and closes them. */
final class TestNamespacesResolver implements ParameterResolver, AfterEachCallback {
    private static final ExtensionContext.Namespace STORE =
            ExtensionContext.Namespace.create(TestNamespacesResolver.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestNamespaces.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return of(context);
    }

    static TestNamespaces of(ExtensionContext test) {
        return test.getStore(STORE)
                .computeIfAbsent(
                        TestNamespaces.class, _ -> new TestNamespaces(), TestNamespaces.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestNamespaces namespaces =
                context.getStore(STORE).remove(TestNamespaces.class, TestNamespaces.class);
        if (namespaces != null) {
            namespaces.close();
        }
    }
}
