@NullMarked
package dev.kakehashi.cni.json;

import org.jspecify.annotations.NullMarked;
