package dev.kakehashi.cni.json;

/**
 * One name and value of an object.
 *
 * @param name the key as written
 * @param value its value
 */
public record JsonMember(String name, JsonValue value) {}
