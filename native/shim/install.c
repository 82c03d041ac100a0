#include "install.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"

static bool has_launcher(struct install *i, const char *home) {
    return TEXT_JOIN(i->launcher, home, "/bin/kakehashi-agent") && access(i->launcher, X_OK) == 0;
}

bool install_find(struct install *i) {
    ssize_t n = readlink("/proc/self/exe", i->executable, sizeof i->executable - 1);
    i->executable[n > 0 ? n : 0] = 0;
    const char *home = getenv("KAKEHASHI_HOME");
    if (home && *home) return has_launcher(i, home);
    char beside[PATH_MAX]; /* <home>/cni/<type> is where a build leaves the executable */
    memcpy(beside, i->executable, sizeof beside);
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(beside, '/');
        if (slash) *slash = 0;
    }
    return has_launcher(i, beside) || has_launcher(i, "/opt/kakehashi") || has_launcher(i, "/usr/lib/kakehashi")
           || has_launcher(i, "/usr/local/lib/kakehashi");
}
