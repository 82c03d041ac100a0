@NullMarked
package dev.kakehashi.plugins.flannel;

import org.jspecify.annotations.NullMarked;
