@NullMarked
package dev.kakehashi.cni.runtime;

import org.jspecify.annotations.NullMarked;
