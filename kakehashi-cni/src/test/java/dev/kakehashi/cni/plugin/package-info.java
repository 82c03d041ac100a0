@NullMarked
package dev.kakehashi.cni.plugin;

import org.jspecify.annotations.NullMarked;
