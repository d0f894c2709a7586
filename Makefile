# zhengyin 证印.  `make help` lists what there is; HACKING.md tells the rest.
# Sources are found by wildcard: lib/*/*.c make the library, cgi-bin/*.c one program each, tools/*.c one tool each,
# tests/{unit,sql}/test_*.c one cmocka program each, tests/{cmp,tool}/*.c programs that tests talk to, tests/{bench,torture}/*.c and
# tests/fuzz/fuzz_*.c one program each.
# BUILD=release|debug|asan|fuzz|cover: each variant has its own folder, so flags never mix.

BUILD ?= release
SECONDS ?= 60
PREFIX ?= /usr/local
B := build/$(BUILD)

CC.fuzz := clang
ifeq ($(origin CC),default)
CC := $(or $(CC.$(BUILD)),gcc)
endif

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Werror
HARD := -fstack-protector-strong -fPIE
CFLAGS.release := -O2 -g -D_FORTIFY_SOURCE=2 $(HARD)
CFLAGS.debug := -Og -g3 $(HARD)
CFLAGS.asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined $(HARD)
CFLAGS.fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined $(HARD)
CFLAGS.cover := -Og -g --coverage -fprofile-update=atomic -DZY_COVER $(HARD)
LDFLAGS.release := -pie -Wl,-z,relro,-z,now
LDFLAGS.debug := -pie -Wl,-z,relro,-z,now
LDFLAGS.asan := -pie -fsanitize=address,undefined
LDFLAGS.fuzz := -pie -fsanitize=address,undefined
LDFLAGS.cover := -pie --coverage
ifeq ($(CFLAGS.$(BUILD)),)
$(error BUILD=$(BUILD) is not one of release debug asan fuzz cover)
endif

# Asked only when something is compiled, and once: pkg-config itself may have to be installed first.
PACKAGES := fcgi libmariadb libcjson libxml-2.0 openssl harfbuzz libqrencode zbar lept libpng zlib libcurl libseccomp libmicrohttpd libarchive
once = $(if $($1),,$(eval $1 := $$(shell $2)))$($1)
PC_CFLAGS = $(call once,cflags,pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g')
PC_LIBS = $(call once,libs,pkg-config --libs $(PACKAGES)) -lhpdf -lm

ALL_CFLAGS = -std=gnu11 $(WARN) $(CFLAGS.$(BUILD)) -Ilib -D_GNU_SOURCE $(PC_CFLAGS) -MMD -MP $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS.$(BUILD)) -Wl,--as-needed $(LDFLAGS)

comma := ,
LIB := $B/libzhengyin.a
# The fuzzers need the lower floors and this much of the domain; the linker names what is missing here.
FUZZED := application audit calendar catalog ctx fee form_code glyph hint job ledger match_reference material notify paging price queue \
	rate register rules scan setting statement token_state workflow
LIB_SRC := $(if $(filter fuzz,$(BUILD)),$(wildcard lib/base/*.c lib/io/*.c $(FUZZED:%=lib/domain/%*.c)),$(wildcard lib/*/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$B/obj/%.o)
bins = $(patsubst %.c,$B/%,$(wildcard $1))
PROGRAMS := $(call bins,cgi-bin/*.c)
TOOLS := $(call bins,tools/*.c)
TOOL := $(call bins,tests/tool/*.c)
TESTS := $(call bins,tests/unit/test_*.c tests/sql/test_*.c tests/cmp/*.c) $(TOOL)
BENCH := $(call bins,tests/bench/*.c tests/torture/*.c)
FUZZ := $(call bins,tests/fuzz/fuzz_*.c)
# Those that print, stamp and scan papers share tests/scan, which needs no sanitizer and would be slow with one.
SCAN_OBJ := $(patsubst %.c,$B/obj/%.o,$(wildcard tests/scan/*.c))
SCANNING := $(filter $B/tests/unit/test_scan_trial $B/tests/unit/test_imprint $B/tests/bench/bench_scan $B/tests/bench/bench_imprint,$(TESTS) $(BENCH))
OURS := $(wildcard lib/*/*.[ch] cgi-bin/*.[ch] tools/*.[ch] tests/*/*.[ch])

all: $(LIB) $(PROGRAMS) $(TOOLS)  ## build programs and tools (BUILD=release|debug|asan|fuzz|cover) into build/$(BUILD)/
tests: $(TESTS)
bench-programs: $(BENCH) $(TOOL)
fuzz-programs: $(FUZZ)

$B/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@rm -f $@
	@mkdir -p $(@D)
	ar rcs $@ $(LIB_OBJ)

# Pixels by the million: what these add to AddressSanitizer would cost a third of each page's time; the fuzzers keep them.
ifeq ($(BUILD),asan)
$(patsubst %.c,$B/obj/%.o,$(wildcard lib/io/image*.c lib/io/scan*.c)): CFLAGS += -O2 -fno-sanitize=null,alignment,object-size,pointer-overflow
endif
ifeq ($(BUILD),cover)
$(patsubst %.c,$B/obj/%.o,$(wildcard lib/io/image*.c lib/io/scan*.c)): CFLAGS += -O2 -fprofile-update=single
endif
$(SCAN_OBJ): CFLAGS := -O3 -ffast-math $(if $(filter asan fuzz,$(BUILD)),-fno-sanitize=all) $(CFLAGS)
$(SCANNING): EXTRA_OBJ = $(SCAN_OBJ)
$(SCANNING): $(SCAN_OBJ)
$(TESTS): EXTRA_LIBS = -lcmocka
$(FUZZ): EXTRA_LIBS = -fsanitize=fuzzer
# Records what a form draws, for other libraries to draw the same.
$B/tests/bench/bench_form: EXTRA_LIBS = $(addprefix -Wl$(comma)--wrap=pdf_,new page go own twin line box shade ring squares text)
# Statements register themselves; check-sql must see those of every file.
$B/tools/portalctl: WHOLE_LIB = -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive
$(PROGRAMS) $(TOOLS) $(TESTS) $(BENCH) $(FUZZ): $B/%: $B/obj/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(EXTRA_OBJ) $(or $(WHOLE_LIB),$(LIB)) $(EXTRA_LIBS) $(PC_LIBS)

run:  ## install what is missing, build, start everything, stay in front until Ctrl-C (PORT=)
	@tools/stack run
start:  ## the same in the background; returns when ready
	@tools/stack start
stop:  ## end what start or run started
	@tools/stack stop
status:  ## what runs, and the worker's backlog
	@tools/stack status

check:  ## all tests, with sanitizers, against real nginx, MariaDB and Chromium; last line: N passed, N failed
	@tests/check
torture:  ## what only much time shows: kills, mutants, hostile files, slow clients, races
	@tools/stack packages check bench
	@tools/stack build release all bench-programs
	@if [ -x tests/torture/run ]; then tests/torture/run; else echo "nothing in tests/torture"; fi
bench:  ## print `BENCH name value unit` lines, ours beside the floors
	@tools/stack packages check bench
	@tools/stack build release all bench-programs
	@tests/bench/run
fuzz:  ## run every fuzzer for SECONDS= each
	@tools/stack packages check
	@tools/stack build fuzz fuzz-programs
	@tests/check fuzz $(SECONDS)
goldens:  ## draw the pictures of the printed forms anew (tests/golden); look at each before it is committed
	@tools/stack packages check
	@tools/stack build release tests
	@rm -f tests/golden/form/*.png
	@build/release/tests/unit/test_form_golden --make
screenshots:  ## draw the pictures of README.md anew (docs/screens); look at each before it is committed
	@tools/stack packages check bench
	@tools/stack build release all
	@tests/screens/run
cover:  ## line coverage of the whole suite, per folder (per file in build/cover/files.txt)
	@tests/check cover
lint:  ## floors, banned calls, statements, lengths, clang-format, cppcheck, clang-tidy
	@tools/stack packages check
	@tools/lint
format:  ## let clang-format write the C files anew
	clang-format -i $(OURS)

install: all  ## lay out an installation below DESTDIR= (PREFIX=/usr/local; settings in /etc/zhengyin): see man/zhengyin.7
	@tools/install $B $(PREFIX) "$(DESTDIR)"
deb:  ## build/zhengyin_VERSION_ARCH.deb: programs, units, users, manual (dpkg-dev is all it takes)
	@tools/stack packages run
	@tools/stack build release all
	@tools/deb build/release

compile_commands.json: Makefile $(wildcard lib/*/*.c cgi-bin/*.c tools/*.c tests/*/*.c)  ## for editors and clang-tidy
	@for f in $(filter %.c,$(OURS)); do \
		printf '%b{"directory":"%s","file":"%s","command":"%s"}' "$$sep" '$(CURDIR)' "$$f" \
			"$(CC) $(ALL_CFLAGS) -c $$f"; sep=',\n'; \
	done | sed '1s/^/[/;$$s/$$/]/' > $@

clean:  ## remove build/ (var/ stays)
	rm -rf build compile_commands.json
help:  ## this list
	@sed -n 's/^\([a-z][a-z_.]*\):[^#]*##  *\(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r n t; do \
		printf '  make %-22s %s\n' "$$n" "$$t"; done

.PHONY: all tests bench-programs fuzz-programs run start stop status check torture bench fuzz goldens screenshots cover lint format install deb clean help
.SECONDARY:
-include $(shell find $B/obj -name '*.d' 2>/dev/null)
