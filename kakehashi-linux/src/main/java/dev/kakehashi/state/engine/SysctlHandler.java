package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Sysctl;

import java.util.List;
import java.util.Optional;

/** Switches. They exist or not; only their value changes. */
final class SysctlHandler extends Handler<Sysctl> {
    @Override
    Phase phase(Sysctl sysctl) {
        if (sysctl.device().isEmpty()) {
            return Phase.NAMESPACE_SYSCTL;
        }
        return sysctl.relation() == Relation.SHARED ? Phase.SHARED_LINK_SYSCTL : Phase.LINK_SYSCTL;
    }

    @Override
    boolean same(Sysctl wanted, Sysctl found) {
        return normalize(wanted.value()).equals(normalize(found.value()));
    }

    /** The kernel separates numbers by tabs, people by spaces. */
    private static String normalize(String value) {
        return value.strip().replace('\t', ' ');
    }

    @Override
    void diff(NamespaceId namespace, Sysctl wanted, Scene scene) {
        if (wanted.device().isPresent() && scene.isReplaced(namespace, wanted.device().get())) {
            scene.add(phase(wanted), new Step.Create(namespace, wanted, false));
            return;
        }
        List<Observed> found = scene.observed(namespace).objects(wanted.key());
        if (found.isEmpty()) {
            if (wanted.required()) {
                scene.add(phase(wanted), new Step.Create(namespace, wanted, false));
            }
        } else if (found.getFirst().resource() instanceof Sysctl before && !same(wanted, before)) {
            scene.add(phase(wanted), new Step.Change(namespace, wanted, before));
        }
    }

    /** Gives back the value that it had before us, unless somebody has changed it since. */
    @Override
    void retire(NamespaceId namespace, Sysctl unwanted, Scene scene) {
        Optional<String> before = scene.observed(namespace).valueBefore(unwanted.key());
        boolean ours =
                unwanted.device().isPresent() && scene.isOurs(namespace, unwanted.device().get());
        if (unwanted.relation() == Relation.SHARED || ours || before.isEmpty()) {
            return;
        }
        for (Observed object : scene.observed(namespace).objects(unwanted.key())) {
            Sysctl found = (Sysctl) object.resource();
            if (same(unwanted, found)) {
                scene.remove(new Step.Change(namespace, found.withValue(before.get()), found));
            } else {
                scene.remark(namespace, unwanted.key(), "somebody has set it to " + found.value());
            }
        }
    }

    @Override
    List<String> createCommands(NamespaceId namespace, Sysctl sysctl, boolean replace) {
        // With slashes: interface names may have dots.
        return List.of(Commands.in(namespace) + "sysctl -w " + sysctl.file() + "=" + quote(sysctl));
    }

    private static String quote(Sysctl sysctl) {
        String value = normalize(sysctl.value());
        return value.indexOf(' ') < 0 ? value : "\"" + value + "\"";
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, Sysctl sysctl) {
        return List.of();
    }
}
