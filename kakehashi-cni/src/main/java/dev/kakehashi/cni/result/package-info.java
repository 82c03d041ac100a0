/** Results, errors and their encodings in every version of the specification. */
@NullMarked
package dev.kakehashi.cni.result;

import org.jspecify.annotations.NullMarked;
