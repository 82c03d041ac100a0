@NullMarked
package dev.kakehashi.lab;

import org.jspecify.annotations.NullMarked;
