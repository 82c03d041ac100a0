/** Tests of YAML reading and writing. */
@NullMarked
package dev.kakehashi.cluster.yaml;

import org.jspecify.annotations.NullMarked;
