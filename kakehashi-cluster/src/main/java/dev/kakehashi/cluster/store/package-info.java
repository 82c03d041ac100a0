/**
 * The store of cluster objects: one interface, and the directory of YAML files as its embedded
 * form.
 */
@NullMarked
package dev.kakehashi.cluster.store;

import org.jspecify.annotations.NullMarked;
