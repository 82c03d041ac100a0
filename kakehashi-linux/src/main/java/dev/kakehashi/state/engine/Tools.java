package dev.kakehashi.state.engine;

import dev.kakehashi.state.LinkRef;

import java.util.function.Predicate;

/**
 * With what steps are carried out.
 *
 * @param kernel the namespaces
 * @param indexes the links that were seen or made
 * @param priorValues what unmarked objects were before
 * @param ours which links are ours, so that what is on them needs no record
 * @param links steps about links as messages
 */
record Tools(
        Kernel kernel,
        Indexes indexes,
        PriorValues priorValues,
        Predicate<LinkRef> ours,
        LinkEncoder links) {

    static Tools of(
            Kernel kernel, Indexes indexes, PriorValues priorValues, Predicate<LinkRef> ours) {
        return new Tools(
                kernel, indexes, priorValues, ours, new LinkEncoder(indexes, kernel::netns));
    }
}
