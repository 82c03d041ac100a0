package dev.kakehashi.store.kubernetes;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Prints the CustomResourceDefinitions: the build writes them into {@code dist/share}. */
public final class CustomResourcesMain {
    private CustomResourcesMain() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        out.print(CustomResources.yaml());
        out.flush();
    }
}
