/*
 * One Java native method that calls any function of the C library: the quick door of dev.kakehashi.linux.CLibrary.
 *
 * The JVM's own door (java.lang.foreign) is put together at run time, out of method handles and classes made on the
 * spot: 35 to 45 ms in a cold JVM, and no ahead-of-time cache keeps it. That is a third of a one-shot CNI run. This one
 * costs the loading of a library of one page.
 *
 * Nor is java.lang.foreign asked where a direct buffer is, which would cost 20 ms more.
 *
 * No header of the JDK and no C library is linked: the same file serves a JVM on glibc and on musl, because the two
 * symbols it leaves open are found in the C library that the JVM has brought.
 */
#include <stdint.h>

/* glibc and musl: the calling thread's errno. */
extern int *__errno_location(void);
/* POSIX: the address of a symbol. */
extern void *dlsym(void *handle, const char *name);

/* dlfcn.h: search what the process has loaded, in the usual order. */
#define RTLD_DEFAULT ((void *)0)

typedef int64_t function(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);

/*
 * JNI, "Resolving Native Method Names": dev.kakehashi.linux.JniDowncall.call(JJJJJJJJ)J. Both calling conventions (System V
 * x86-64 and AAPCS64) pass six integers in registers, whatever number of them the function reads. errno is stored at
 * once: on the way back the JVM may itself call the C library.
 */
__attribute__((visibility("default"))) int64_t Java_dev_kakehashi_linux_JniDowncall_call(
    void *environment, void *class, int64_t address, int64_t state, int64_t a, int64_t b, int64_t c, int64_t d,
    int64_t e, int64_t f) {
    (void)environment;
    (void)class;
    int64_t result = ((function *)address)(a, b, c, d, e, f);
    *(int32_t *)state = *__errno_location();
    return result;
}

/* dev.kakehashi.linux.JniDowncall.symbol(J)J: 0 where there is none of that name. */
__attribute__((visibility("default"))) int64_t Java_dev_kakehashi_linux_JniDowncall_symbol(
    void *environment, void *class, int64_t name) {
    (void)environment;
    (void)class;
    return (int64_t)dlsym(RTLD_DEFAULT, (const char *)name);
}

/* JNI, "Interface Function Table": GetDirectBufferAddress is at this index since 1.4. */
#define GET_DIRECT_BUFFER_ADDRESS 230
typedef void *address_of(void *environment, void *buffer);

/* dev.kakehashi.linux.JniDowncall.bufferAddress(ByteBuffer)J. */
__attribute__((visibility("default"))) int64_t Java_dev_kakehashi_linux_JniDowncall_bufferAddress(
    void *environment, void *class, void *buffer) {
    (void)class;
    void *const *functions = *(void *const **)environment;
    return (int64_t)((address_of *)functions[GET_DIRECT_BUFFER_ADDRESS])(environment, buffer);
}
