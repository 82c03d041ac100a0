/** Network configurations as administrators write them, and how they are found. */
@NullMarked
package dev.kakehashi.cni.config;

import org.jspecify.annotations.NullMarked;
