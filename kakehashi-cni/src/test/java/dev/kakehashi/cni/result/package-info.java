@NullMarked
package dev.kakehashi.cni.result;

import org.jspecify.annotations.NullMarked;
