package dev.kakehashi.agent.attach;

import java.io.IOException;
import java.util.Optional;

/** What an agent tells people of itself at its socket. */
@FunctionalInterface
public interface AgentQuestions {
    /** An agent that tells nothing. */
    AgentQuestions NONE = _ -> Optional.empty();

    /**
     * The answer to a question, as JSON; empty for one that it does not know.
     *
     * @param question one word, for example {@code status}
     * @throws IOException when the answer cannot be found
     */
    Optional<String> answer(String question) throws IOException;
}
