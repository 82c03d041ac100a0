# The processors that native parts are built for and their compilers: CC_amd64, CC_arm64.
#
# For the machine's own processor against musl: a static musl executable starts in 0.12 ms, one of glibc in 0.4 ms.
# Debian has no musl for a foreign processor, so there it is glibc, unless CC_<processor> names a compiler with musl.
# Without a cross compiler only the own one is built.

BUILD := ../../build/native
OWN := $(patsubst x86_64,amd64,$(patsubst aarch64,arm64,$(shell uname -m)))
OWN_CC := $(or $(shell command -v musl-gcc),$(CC))
CC_amd64 ?= $(if $(filter amd64,$(OWN)),$(OWN_CC),x86_64-linux-gnu-gcc)
CC_arm64 ?= $(if $(filter arm64,$(OWN)),$(OWN_CC),aarch64-linux-gnu-gcc)
FOREIGN := $(filter-out $(OWN),amd64 arm64)
HAVE_FOREIGN := $(shell echo "\#include <stdint.h>" | $(CC_$(FOREIGN)) -E -x c - >/dev/null 2>&1 && echo yes)
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes -Werror

.PHONY: all amd64 arm64
all: $(OWN) $(if $(HAVE_FOREIGN),$(FOREIGN),without-$(FOREIGN))

without-%:
	@echo "nothing native is built for $*: no $(CC_$*) with the C library's headers (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross, or gcc-x86-64-linux-gnu libc6-dev-amd64-cross)"
