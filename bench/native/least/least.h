/* What the programs of the bench that make only the kernel's calls have in common. */
#ifndef LEAST_H
#define LEAST_H
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

/* Ends the program with errno's text. */
void die(const char *what) __attribute__((noreturn));

/* An environment variable that must be there. */
const char *variable(const char *name);

/* FNV-1a: names what belongs to a container, and says where to look for a free address first. */
uint32_t hash(const char *text);

/* A message with its fixed header; its attributes follow, then end(). No flags without NLM_F_ACK
 * but for the ends of a batch of nftables, which nobody acknowledges. */
void begin(int type, int flags, const void *header, size_t size);
void *append(const void *data, size_t size);
struct rtattr *attribute(int type, const void *data, size_t size);
void close_nest(struct rtattr *nest);
void end(void);

/* Sends what was collected and waits for that many acknowledgements. */
void flush(int fd, int count, const char *what);

int netlink(int protocol);

/* The plugins: ADD, or DEL. */
void bridge(int add, const char *id, const char *host);
void portmap(int add, const char *id, const char *host);
void firewall(int add, const char *id, const char *host);
void bandwidth(int add, const char *id, const char *host);
void tuning(int add, const char *id, const char *host);

#endif
