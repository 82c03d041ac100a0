@NullMarked
package dev.kakehashi.cni;

import org.jspecify.annotations.NullMarked;
