/** What is put on a node so that it can be Kakehashi's, and how all of it is taken away again. */
@NullMarked
package dev.kakehashi.agent.install;

import org.jspecify.annotations.NullMarked;
