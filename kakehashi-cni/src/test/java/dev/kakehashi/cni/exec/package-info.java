@NullMarked
package dev.kakehashi.cni.exec;

import org.jspecify.annotations.NullMarked;
