package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.conformance.stage.Profile;
import dev.kakehashi.conformance.stage.Role;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A requirement, and how it is proved.
 *
 * @param id its name, unique
 * @param requirement what a plugin must do, in one sentence
 * @param source where that is written
 * @param proves the numbers of the specification's requirements that it is about
 * @param types the plugins it is for; empty for every plugin of one of the roles
 * @param roles the roles it is for
 * @param configured whether it takes a configuration that works; others can be asked of any plugin
 * @param delegating whether it is for plugins that have another one give addresses
 * @param since the first version of the specification it holds in
 * @param eachVersion whether it is played in every version the plugin speaks
 * @param features what the kernel must have
 * @param profile how to call the plugin, where that is not as usual
 * @param upstream issues of the reference plugins about it
 * @param steps what is done, in order
 */
public record Scenario(
        String id,
        String requirement,
        String source,
        Set<Integer> proves,
        Set<String> types,
        Set<Role> roles,
        boolean configured,
        boolean delegating,
        CniVersion since,
        boolean eachVersion,
        List<String> features,
        Optional<Profile> profile,
        List<String> upstream,
        List<Step> steps) {

    /** Copies the collections unless they are immutable already. */
    public Scenario {
        proves = Collections.unmodifiableSortedSet(new TreeSet<>(proves));
        types = Set.copyOf(types);
        roles = Set.copyOf(roles);
        features = List.copyOf(features);
        upstream = List.copyOf(upstream);
        steps = List.copyOf(steps);
    }

    /** Its source, with the numbers of the requirements: {@code CNI SPEC, section 4, DEL: S33}. */
    public String sourceAndNumbers() {
        return proves.isEmpty() ? source : source + ": " + numbers();
    }

    /** The numbers of the requirements: {@code S30, S33}. */
    public String numbers() {
        return proves.stream().map(number -> "S" + number).collect(Collectors.joining(", "));
    }

    /** Begins a requirement of the specification, for every plugin. */
    static Builder spec(String id, String section, String requirement) {
        return new Builder("spec/" + id, requirement, "CNI SPEC, " + section);
    }

    /** Begins a behaviour of the reference plugin of a type. */
    static Builder plugin(String type, String id, String requirement) {
        Builder builder =
                new Builder(
                        type + "/" + id,
                        requirement,
                        "documentation of the reference plugin " + type);
        builder.types = Set.of(type);
        return builder;
    }

    /** Puts a scenario together. */
    static final class Builder {
        private final String id;
        private final String requirement;
        private final String source;
        private final List<Step> steps = new ArrayList<>();
        private Set<Integer> proves = Set.of();
        private Set<String> types = Set.of();
        private Set<Role> roles = Set.of(Role.values());
        private boolean configured = true;
        private boolean delegating;
        private CniVersion since = CniVersion.V0_1_0;
        private boolean eachVersion;
        private List<String> features = List.of();
        private Optional<Profile> profile = Optional.empty();
        private List<String> upstream = List.of();

        private Builder(String id, String requirement, String source) {
            this.id = id;
            this.requirement = requirement;
            this.source = source;
        }

        /** The numbers of {@link Requirement}s. */
        Builder proves(Integer... numbers) {
            proves = Set.of(numbers);
            return this;
        }

        Builder roles(Role... some) {
            roles = Set.of(some);
            return this;
        }

        Builder withoutConfiguration() {
            configured = false;
            return this;
        }

        Builder delegating() {
            delegating = true;
            return this;
        }

        Builder since(CniVersion version) {
            since = version;
            return this;
        }

        Builder eachVersion() {
            eachVersion = true;
            return this;
        }

        Builder features(String... names) {
            features = List.of(names);
            return this;
        }

        /** Of a plugin that masquerades by a back end. */
        Builder masquerading(String backend) {
            return features("nft-masquerade")
                    .since(backend.equals("nftables") ? CniVersion.V1_1_0 : CniVersion.V0_3_0);
        }

        Builder profile(Profile other) {
            profile = Optional.of(other);
            return this;
        }

        Builder upstream(String... issues) {
            upstream = List.of(issues);
            return this;
        }

        Builder step(String description, Step.Action action) {
            steps.add(new Step(description, action));
            return this;
        }

        /** ADD of the first container, which gives a result. */
        Builder add() {
            return step("ADD", Stage::add);
        }

        /** CHECK of it, which has no output. */
        Builder check() {
            return step("CHECK", stage -> stage.check().silent());
        }

        /** DEL of it, which has no output. */
        Builder del() {
            return step("DEL", stage -> stage.del().silent());
        }

        /** CHECK of it, which is an error. */
        Builder checkFails() {
            return step("CHECK", stage -> stage.check().failed());
        }

        /** ADD with a configuration, then a fact about the link that the container has of it. */
        Builder shows(String description, String config, String fact) {
            return step(
                    description,
                    stage -> {
                        stage.use(config).add();
                        stage.container().see("link " + IF_NAME + " " + fact);
                    });
        }

        /** ADD with a configuration fails. */
        Builder refused(String description, String config) {
            return step(description, stage -> stage.use(config).tryAdd().failed());
        }

        /** ADD with a configuration fails, and the error speaks of something. */
        Builder refused(String description, String config, String text) {
            return step(description, stage -> stage.use(config).tryAdd().failed().mentions(text));
        }

        Scenario build() {
            return new Scenario(
                    id,
                    requirement,
                    source,
                    proves,
                    types,
                    roles,
                    configured,
                    delegating,
                    since,
                    eachVersion,
                    features,
                    profile,
                    upstream,
                    steps);
        }
    }
}
