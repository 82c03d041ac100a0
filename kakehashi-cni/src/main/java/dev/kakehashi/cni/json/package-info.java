/** JSON as a tree, as the CNI specification's implementations read and write it. */
@NullMarked
package dev.kakehashi.cni.json;

import org.jspecify.annotations.NullMarked;
