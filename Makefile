# SPDX-License-Identifier: Apache-2.0
# Entry points; everything else is a CMake preset (cmake --list-presets).
#   make demo               install what is missing, build, run on two examples, print the scores
#   make demo VIDEO=x.mp4   the same on your own video
#   make test               build and run all tests
#   make install            PREFIX=/usr/local, DESTDIR=
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
PRESET ?= release

ifneq ($(VIDEO),)
ifeq ($(wildcard $(subst $(subst ,, ),\ ,$(VIDEO))),)
$(error VIDEO=$(VIDEO): no such file)
endif
endif

.PHONY: all build demo test bench install deb clean
# Packages are installed before anything is configured, whatever -j says.
.NOTPARALLEL:
all: build

# A static pattern: make looks for no implicit rules of phony targets.
.PHONY: packages-build packages-test packages-demo packages-deb
packages-build packages-test packages-demo packages-deb: packages-%:
	@share/install-packages.sh $*

build: packages-build
	@cmake --preset $(PRESET) -DCMAKE_INSTALL_PREFIX=$(PREFIX) $(CMAKE_FLAGS) >build/configure.log 2>&1 || \
	  { cat build/configure.log; exit 1; }
	@[ -e build/bin/vd-align ] || echo "Building, several minutes the first time"
	@cmake --build build -j $(JOBS) -- --quiet

build test: | build-folder
.PHONY: build-folder
build-folder:
	@mkdir -p build

demo: packages-demo build
	@$(MAKE) --no-print-directory -f share/demo/demo.mk VIDEO='$(VIDEO)'

test: packages-test build
	@ctest --test-dir build --output-on-failure -j $(JOBS)

bench: PRESET = bench
bench: build
	@for program in build/bin/bench_*; do echo "== $$(basename $$program)"; $$program || exit 1; done

install: build
	@DESTDIR='$(DESTDIR)' cmake --install build --prefix '$(PREFIX)'

deb: packages-deb build
	@cd build && cpack -G DEB

clean:
	@rm -rf build demo
