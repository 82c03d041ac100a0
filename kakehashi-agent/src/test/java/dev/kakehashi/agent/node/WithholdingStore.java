package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.StoreProvider;
import dev.kakehashi.cluster.store.Stores;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** Directory stores that can be made not to list the objects of a kind. */
public final class WithholdingStore implements StoreProvider {
    private static volatile String withheld = "";

    /** From now on no objects of a kind are listed; empty: all are. */
    static void withhold(String plural) {
        withheld = plural;
    }

    /** The address of such a store. */
    static StoreAddress address(Path directory) {
        return StoreAddress.parse("withholding://" + directory);
    }

    @Override
    public String scheme() {
        return "withholding";
    }

    @Override
    public Store open(StoreAddress address, String writer) throws StoreException {
        Store all = Stores.open(StoreAddress.directory(Path.of(address.path())), writer);
        return (Store)
                Proxy.newProxyInstance(
                        Store.class.getClassLoader(),
                        new Class<?>[] {Store.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("list")
                                    && arguments[0] instanceof Kind<?> kind
                                    && kind.plural().equals(withheld)) {
                                throw new StoreException(withheld + " are not to be had");
                            }
                            try {
                                return method.invoke(all, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
