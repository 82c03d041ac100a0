/* Where the installation is: the directory that has bin/kakehashi-agent. */
#ifndef KAKEHASHI_INSTALL_H
#define KAKEHASHI_INSTALL_H

#include <limits.h>
#include <stdbool.h>

struct install {
    char executable[PATH_MAX]; /* of this front binary, "" if unknown */
    char launcher[PATH_MAX];   /* <home>/bin/kakehashi-agent */
};

/* False when no place has an executable launcher. */
bool install_find(struct install *i);

#endif
