/** YAML text and plain trees: parsing with line numbers, rewriting that keeps comments. */
@NullMarked
package dev.kakehashi.cluster.yaml;

import org.jspecify.annotations.NullMarked;
