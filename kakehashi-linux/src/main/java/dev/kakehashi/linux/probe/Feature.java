package dev.kakehashi.linux.probe;

/**
 * Something that a kernel may lack.
 *
 * @param name short, lower case, with hyphens: {@code bridge-vlan-filtering}
 * @param purpose what Kakehashi needs it for
 * @param method how it is found out, as commands where there are some
 * @param test tries it
 */
public record Feature(String name, String purpose, String method, FeatureTest test) {
    @Override
    public String toString() {
        return name;
    }
}
