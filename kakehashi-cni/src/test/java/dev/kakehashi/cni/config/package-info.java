@NullMarked
package dev.kakehashi.cni.config;

import org.jspecify.annotations.NullMarked;
