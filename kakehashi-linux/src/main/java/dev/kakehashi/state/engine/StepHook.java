package dev.kakehashi.state.engine;

/**
 * Looks on while a plan is carried out, one step at a time instead of in batches; tests let it
 * fail.
 */
@FunctionalInterface
interface StepHook {
    /** Called before a step; what it throws ends the plan there. */
    void before(Step step);
}
