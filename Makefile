# presend: build, test, install. One file, no configure. `make help` lists what there is.
# A packager sets CC, CFLAGS, CPPFLAGS, LDFLAGS, PREFIX, DESTDIR; our own flags stand in separate variables.

VERSION := 0.1.0
CC ?= cc
CXX ?= c++
CC_FOR_BUILD ?= $(CC)
CFLAGS ?= -O2 -g
CXXFLAGS ?= -O2 -g
PREFIX ?= /usr/local
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
PKG_CONFIG ?= pkg-config
BASH := bash

# SAN=1: AddressSanitizer and UBSan, in a build folder of its own. DEV=1: warnings are errors.
ifdef SAN
B ?= build-san
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
B ?= build
ifdef DEV
WERROR := -Werror
endif

PKGS := gmime-3.0 libxml-2.0 icu-uc libpcre2-8 yaml-0.1 json-c libpsl
BUILD_PKGS := glib-2.0 yaml-0.1
# Of presend-preflight and the tests; presend itself is linked with none of them.
PREFLIGHT_PKGS := libcares libcrypto
TEST_PKGS := check

PACKAGES := gcc g++ libc6-dev make pkg-config libgmime-3.0-dev libxml2-dev libicu-dev libpcre2-dev libyaml-dev libjson-c-dev libpsl-dev libtomlplusplus-dev libssl-dev libc-ares-dev
TEST_PACKAGES := check python3 git curl cmark-gfm parallel
FULL_PACKAGES := clang libclang-rt-14-dev valgrind cppcheck clang-tidy clang-format pre-commit postfix mandoc bash-completion zsh fish tmux neovim python3-jsonschema nsd chromium fonts-ipafont-gothic poppler-utils
# What `make model` needs besides; presend itself is not linked with it.
MODEL_PACKAGES := liblinear-dev python3
# What `make static` needs besides: the libraries that those above depend on.
STATIC_PACKAGES := libgpgme-dev libassuan-dev libgpg-error-dev libidn2-dev libunistring-dev libffi-dev zlib1g-dev liblzma-dev libselinux1-dev libsepol-dev libblkid-dev

WARNINGS := -Wall -Wextra -Wshadow -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wundef -Wformat=2
# A packager's own level of _FORTIFY_SOURCE stands; Ubuntu's gcc has one built in.
FORTIFY = $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDENING = -fstack-protector-strong $(FORTIFY) -fPIE
ifdef SAN
HARDENING := -fPIE
endif
OUR_CPPFLAGS = -Ilint -I$(B)/gen -DPRESEND_VERSION='"$(VERSION)"'
OUR_CFLAGS = -std=gnu11 -fvisibility=hidden $(WARNINGS) $(WERROR) $(HARDENING) $(SAN_FLAGS) $(EXTRA_FLAGS)
# One file is C++, for its TOML library, which is header-only: nothing more is linked than the C++ library that ICU loads anyway.
OUR_CXXFLAGS = -std=gnu++17 -fno-exceptions -fno-rtti -fvisibility=hidden -fvisibility-inlines-hidden -Wall -Wextra -Wshadow -Wundef -Wformat=2 \
	$(WERROR) $(HARDENING) $(SAN_FLAGS) $(EXTRA_FLAGS)
# RELR packs the relocations of the rule tables, most of the program's, into a few kilobytes.
OUR_LDFLAGS = -pie -Wl,-z,relro -Wl,-z,pack-relative-relocs -Wl,--as-needed $(SAN_FLAGS) $(EXTRA_FLAGS)
# Asked for when a recipe first needs them, and once: `make deps` must work before the packages are there.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS)))$(PKG_CFLAGS)
PREFLIGHT_LIBS = $(eval PREFLIGHT_LIBS := $(shell $(PKG_CONFIG) --libs $(PREFLIGHT_PKGS)) -lresolv)$(PREFLIGHT_LIBS)
PKG_LIBS = $(eval PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS)))$(PKG_LIBS)

TOOL_SOURCES := lint/rule/c_literal.c lint/rule/rules2c.c lint/rule/requirements2c.c lint/rule/replies2c.c lint/rule/clients2c.c lint/report/page2c.c lint/rule/model2c.c lint/model/train.c
MAIN_SOURCES := lint/main.c
# What asks DNS is a program of its own, so that presend itself links nothing for networks.
PREFLIGHT_SOURCES := $(filter-out lint/preflight/main.c,$(sort $(wildcard lint/preflight/*.c)))
LIB_SOURCES := $(filter-out $(TOOL_SOURCES) $(MAIN_SOURCES) lint/preflight/%,$(sort $(wildcard lint/*.c lint/*/*.c)))
CHECK_SOURCES := $(sort $(wildcard lint/rule/check_*.c))
RULE_FILES := $(sort $(wildcard rules.d/*/*.yaml)) $(sort $(wildcard rules.d/data/*))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(B)/%.o) $(B)/lint/config/toml.o $(B)/gen/builtin_rules.o $(B)/gen/builtin_requirements.o $(B)/gen/builtin_replies.o $(B)/gen/builtin_clients.o $(B)/gen/builtin_page.o $(B)/gen/builtin_model.o
TEST_SOURCES := $(sort $(wildcard tests/test_*.c))
TESTS := $(TEST_SOURCES:tests/%.c=$(B)/tests/%)
PREFLIGHT_OBJECTS := $(PREFLIGHT_SOURCES:%.c=$(B)/%.o)
PREFLIGHT_TESTS := $(filter $(B)/tests/test_preflight%,$(TESTS))

# Quiet by default: what is done and not how. V=1 shows the commands.
ifndef V
Q := @
say = @printf '  %-5s %s\n' $(1) $(2)
endif

.PHONY: all help deps deps-full demo check check-full test unit scripts golden docs refresh model bench fuzz fuzz-replay valcheck lint hdr-check \
	install uninstall clean static dist-binary deps-static deb FORCE

all: $(B)/presend $(B)/presend-preflight

help:
	@echo 'make            build build/presend and build/presend-preflight'
	@echo 'make demo       install what is missing, build, lint a newsletter that shows what presend is for'
	@echo 'make check      install what is missing for the tests and run the core of them (SAN=1: with sanitizers)'
	@echo 'make check-full everything: both compilers, sanitizers, valgrind, static analysis, fuzz replay, real mail'
	@echo 'make test       the core tests, installing nothing'
	@echo 'make bench      ratios against a parse-only program of the same libraries'
	@echo 'make docs       write docs/rules/ and docs/coverage.md from the rule files;  make golden: rewrite the expectations of corpus/'
	@echo 'make refresh    make the lists of rules.d/data anew from their sources (network; docs/data.md)'
	@echo 'make clients    CANIEMAIL=ARCHIVE.tar.gz: make the table of what mail clients support anew (docs/clients.md)'
	@echo 'make model      MAIL=DIR: learn the model of the score anew from labelled mail (docs/score.md)'
	@echo 'make static     build/presend-static and build/presend-preflight-static: only glibc is not linked in (make deps-static);  make dist-binary: an archive of it'
	@echo 'make install    PREFIX=/usr/local DESTDIR=;  make uninstall takes it away again'
	@echo 'make deb        build/deb/presend_*.deb and its source package (make deps-deb; docs/install.md)'

# --- packages -------------------------------------------------------------------------------------------------------------------

# $(call install_packages,LIST): install the Debian packages of LIST that are missing; ask nothing, say what is done.
define install_packages
	@missing=''; \
	for p in $(1); do \
		dpkg-query -W -f '$${db:Status-Status}\n' $$p 2>/dev/null | grep -qx installed || missing="$$missing $$p"; \
	done; \
	if [ -n "$$missing" ]; then \
		as_root=''; \
		if [ "$$(id -u)" -ne 0 ]; then \
			command -v sudo >/dev/null || { echo "presend: missing packages; as root: apt-get install$$missing" >&2; exit 2; }; \
			as_root=sudo; \
		fi; \
		echo "presend: installing Debian packages:$$missing"; \
		$$as_root apt-get update -q >/dev/null && \
		$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing >/dev/null || \
			{ echo "presend: could not install:$$missing" >&2; exit 2; }; \
	fi
endef

deps:
	$(call install_packages,$(PACKAGES))

deps-check: deps
	$(call install_packages,$(TEST_PACKAGES))

deps-model: deps
	$(call install_packages,$(MODEL_PACKAGES))

deps-full: deps-check deps-model
	$(call install_packages,$(FULL_PACKAGES) $(STATIC_PACKAGES) $(DEB_PACKAGES))

# --- build ----------------------------------------------------------------------------------------------------------------------

$(B)/presend: $(B)/lint/main.o $(B)/libpresend.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lstdc++ -lm

$(B)/presend-preflight: $(B)/lint/preflight/main.o $(B)/libpreflight.a $(B)/libpresend.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(PREFLIGHT_LIBS) $(PKG_LIBS) -lstdc++ -lm

$(B)/libpresend.a: $(LIB_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(B)/libpreflight.a: $(PREFLIGHT_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(B)/lint/%.o: lint/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(PKG_CFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/lint/%.o: lint/%.cc
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CXXFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/builtin_%.o: $(B)/gen/builtin_%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(PKG_CFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The rules become constant C tables by a program of the build machine.
RULES2C_SOURCES := lint/rule/rules2c.c lint/rule/c_literal.c lint/rule/rule_load.c lint/rule/pack.c lint/rule/node.c lint/rule/rule.c lint/rule/data_list.c lint/rule/options.c lint/base/arena.c lint/base/span.c
$(B)/gen/rules2c: $(RULES2C_SOURCES) lint/rule/c_literal.h $(wildcard lint/rule/rule*.h lint/rule/pack.h lint/rule/node.h lint/rule/data_list.h lint/rule/options.h lint/base/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_FOR_BUILD) -std=gnu11 -O1 -g $(WARNINGS) -Ilint $(shell $(PKG_CONFIG) --cflags $(BUILD_PKGS)) -o $@ $(RULES2C_SOURCES) $(shell $(PKG_CONFIG) --libs $(BUILD_PKGS))

$(B)/gen/builtin_rules.c: $(B)/gen/rules2c $(RULE_FILES) rules.d $(wildcard rules.d/*)
	$(call say,RULES,$@)
	$(Q)$(B)/gen/rules2c rules.d $@.new && mv $@.new $@

# The catalogue of requirements likewise.
REQUIREMENTS2C_SOURCES := lint/rule/requirements2c.c lint/rule/c_literal.c lint/rule/options.c lint/base/span.c
$(B)/gen/requirements2c: $(REQUIREMENTS2C_SOURCES) lint/rule/c_literal.h lint/rule/requirement.h lint/rule/rule.h lint/rule/options.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_FOR_BUILD) -std=gnu11 -O1 -g $(WARNINGS) -Ilint $(shell $(PKG_CONFIG) --cflags $(BUILD_PKGS)) -o $@ $(REQUIREMENTS2C_SOURCES) $(shell $(PKG_CONFIG) --libs $(BUILD_PKGS))

$(B)/gen/builtin_requirements.c: $(B)/gen/requirements2c rules.d/requirements.tsv
	$(call say,RULES,$@)
	$(Q)$(B)/gen/requirements2c rules.d/requirements.tsv $@.new && mv $@.new $@

# What receivers answer likewise.
REPLIES2C_SOURCES := lint/rule/replies2c.c lint/rule/c_literal.c lint/rule/reply_load.c lint/rule/node.c lint/rule/options.c lint/base/arena.c lint/base/span.c
$(B)/gen/replies2c: $(REPLIES2C_SOURCES) lint/rule/c_literal.h $(wildcard lint/rule/repl*.h lint/rule/rule.h lint/rule/node.h lint/rule/options.h lint/base/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_FOR_BUILD) -std=gnu11 -O1 -g $(WARNINGS) -Ilint $(shell $(PKG_CONFIG) --cflags $(BUILD_PKGS)) -o $@ $(REPLIES2C_SOURCES) $(shell $(PKG_CONFIG) --libs $(BUILD_PKGS))

$(B)/gen/builtin_replies.c: $(B)/gen/replies2c $(sort $(wildcard rules.d/replies/*.yaml)) rules.d/replies
	$(call say,RULES,$@)
	$(Q)$(B)/gen/replies2c rules.d/replies $@.new && mv $@.new $@

# What mail clients support likewise.
CLIENTS2C_SOURCES := lint/rule/clients2c.c lint/rule/c_literal.c lint/rule/client_load.c lint/rule/node.c lint/rule/options.c lint/base/arena.c lint/base/span.c
$(B)/gen/clients2c: $(CLIENTS2C_SOURCES) lint/rule/c_literal.h $(wildcard lint/rule/client*.h lint/rule/rule.h lint/rule/node.h lint/rule/options.h lint/base/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_FOR_BUILD) -std=gnu11 -O1 -g $(WARNINGS) -Ilint $(shell $(PKG_CONFIG) --cflags $(BUILD_PKGS)) -o $@ $(CLIENTS2C_SOURCES) $(shell $(PKG_CONFIG) --libs $(BUILD_PKGS))

$(B)/gen/builtin_clients.c: $(B)/gen/clients2c $(wildcard rules.d/clients/*)
	$(call say,RULES,$@)
	$(Q)$(B)/gen/clients2c rules.d/clients $@.new && mv $@.new $@

# The style sheet and the script of the HTML report likewise, with the hash that lets browsers run this script and no other.
PAGE2C_SOURCES := lint/report/page2c.c lint/rule/c_literal.c
$(B)/gen/page2c: $(PAGE2C_SOURCES) lint/rule/c_literal.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_FOR_BUILD) -std=gnu11 -O1 -g $(WARNINGS) -Ilint $(shell $(PKG_CONFIG) --cflags glib-2.0) -o $@ $(PAGE2C_SOURCES) $(shell $(PKG_CONFIG) --libs glib-2.0)

$(B)/gen/builtin_page.c: $(B)/gen/page2c lint/report/page.css lint/report/page.js
	$(call say,RULES,$@)
	$(Q)$(B)/gen/page2c lint/report/page.css lint/report/page.js $@.new && mv $@.new $@

# The model of the score likewise.
$(B)/gen/model2c: lint/rule/model2c.c lint/rule/features.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_FOR_BUILD) -std=gnu11 -O1 -g $(WARNINGS) -Ilint $(shell $(PKG_CONFIG) --cflags $(BUILD_PKGS)) -o $@ lint/rule/model2c.c $(shell $(PKG_CONFIG) --libs $(BUILD_PKGS))

$(B)/gen/builtin_model.c: $(B)/gen/model2c rules.d/score-model.txt
	$(call say,MODEL,$@)
	$(Q)$(B)/gen/model2c rules.d/score-model.txt $@.new && mv $@.new $@

# Native checks register themselves: every line that begins with CHECK(name). The file changes only when the list does.
$(B)/gen/checks.inc: FORCE
	@mkdir -p $(@D)
	@sed -n 's/^CHECK(\([a-z0-9_]*\)).*/CHECK_ENTRY(\1)/p' /dev/null $(CHECK_SOURCES) | LC_ALL=C sort > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(B)/lint/rule/registry.o: $(B)/gen/checks.inc

# The words that checks look for in C: row_shape.c must know what is no mere name to them.
$(B)/gen/code_words.inc: $(wildcard lint/base/*.c lint/mail/*.c lint/doc/*.c lint/rule/*.c)
	@mkdir -p $(@D)
	@sed "/^#/d; /\\\\[^x]/d; /'\"'/d" $^ | grep -o '"[^"]\{2,\}"' | LC_ALL=C sort -u | sed 's/$$/,/' > $@.new
	@cmp -s $@.new $@ && touch $@ && rm $@.new || mv $@.new $@
$(B)/lint/row_shape.o: $(B)/gen/code_words.inc

-include $(LIB_OBJECTS:.o=.d) $(PREFLIGHT_OBJECTS:.o=.d) $(B)/lint/main.d $(B)/lint/preflight/main.d $(TESTS:=.d)

# --- run ------------------------------------------------------------------------------------------------------------------------

demo: deps
	@$(MAKE) --no-print-directory -s -j2 all
	@echo '$$ build/presend corpus/bad/founding-story.eml'
	@$(B)/presend --now 2026-11-24T00:00:30Z corpus/bad/founding-story.eml || [ $$? -eq 1 ]

# --- tests ----------------------------------------------------------------------------------------------------------------------

$(PREFLIGHT_TESTS): $(B)/libpreflight.a
$(PREFLIGHT_TESTS): private TEST_ARCHIVE = $(B)/libpreflight.a
$(PREFLIGHT_TESTS): private TEST_LIBS = $(PREFLIGHT_LIBS)

$(B)/tests/%: tests/%.c $(B)/libpresend.a
	@mkdir -p $(@D)
	$(call say,TEST,$<)
	$(Q)$(CC) $(OUR_CPPFLAGS) -Itests $(CPPFLAGS) $(PKG_CFLAGS) $(shell $(PKG_CONFIG) --cflags $(TEST_PKGS)) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP -MF $@.d \
		$(OUR_LDFLAGS) $(LDFLAGS) -o $@ $< $(TEST_ARCHIVE) $(B)/libpresend.a $(TEST_LIBS) $(shell $(PKG_CONFIG) --libs $(TEST_PKGS)) $(PKG_LIBS) -lstdc++ -lm

check: deps-check
	@$(MAKE) --no-print-directory -j2 all
	@$(MAKE) --no-print-directory test

test: $(B)/presend $(B)/presend-preflight $(TESTS)
	@B=$(B) PRESEND=$(B)/presend $(BASH) tests/run.sh $(TESTS)

# The programs alone, without the scripts.
unit: $(TESTS)
	@for t in $(TESTS); do $$t || exit 1; done

golden: $(B)/presend
	@B=$(B) PRESEND=$(B)/presend $(BASH) tests/golden.sh --write

docs: $(B)/presend $(B)/tests/test_japanese
	@$(B)/tests/test_japanese --write
	@$(BASH) tests/docs.sh --write $(B)/presend

refresh:
	@$(BASH) tests/refresh.sh

# What mail clients support, anew from an archive of caniemail's files: make clients CANIEMAIL=ARCHIVE.tar.gz (docs/clients.md).
clients:
	$(Q)python3 tests/caniemail.py '$(CANIEMAIL)' > rules.d/clients/support.tsv.new && mv rules.d/clients/support.tsv.new rules.d/clients/support.tsv

# The model of the score, learned anew from labelled mail: make model MAIL=DIR; with BASE=FILE on top of a model (docs/score.md).
MODEL := rules.d/score-model.txt
MODEL_PAGE := $(if $(BASE),$(B)/model/page.md,docs/score/model.md)
model: deps-model $(B)/train
	@test -n '$(MAIL)' || { echo 'make model MAIL=DIR, a folder of labelled mail; see docs/score.md' >&2; exit 2; }
	@mkdir -p $(B)/model $(dir $(MODEL_PAGE))
	$(Q)python3 lint/model/list.py $(B)/model $(MAIL) $(if $(BASE),,corpus/good=sample) > $(B)/model/list.tsv
	$(Q)$(B)/train $(B)/model/list.tsv rules.d/score-features.txt $(MODEL) $(MODEL_PAGE) $(BASE)
	@echo 'model: $(MODEL); how well it does: $(MODEL_PAGE)'

$(B)/train: lint/model/train.c $(B)/libpresend.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(PKG_CFLAGS) $(OUR_CFLAGS) $(CFLAGS) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $< $(B)/libpresend.a -llinear $(PKG_LIBS) -lstdc++ -lm

check-full: deps-full
	@$(BASH) tests/full.sh

valcheck: $(B)/presend $(B)/presend-preflight $(B)/replay/preflight $(TESTS)
	@B=$(B) $(BASH) tests/valgrind.sh $(TESTS)

fuzz:
	@$(BASH) tests/fuzz/build.sh

# A fuzz target without a fuzzer, for each of tests/fuzz/.
FUZZ_TARGETS := $(basename $(notdir $(sort $(wildcard tests/fuzz/fuzz_*.c))))
FUZZ_REPLAYS := $(FUZZ_TARGETS:fuzz_%=$(B)/replay/%)

$(B)/replay/%: tests/fuzz/replay.c tests/fuzz/fuzz_%.c $(B)/libpreflight.a $(B)/libpresend.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(PKG_CFLAGS) $(OUR_CFLAGS) $(CFLAGS) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(PREFLIGHT_LIBS) $(PKG_LIBS) -lstdc++ -lm

# The drafts of corpus/ as mail in three ways each, and what every target begins with.
fuzz-replay: $(FUZZ_REPLAYS) $(B)/presend
	@PRESEND=$(B)/presend $(BASH) tests/fuzz/seeds.sh $(B)/seeds
	@$(B)/replay/message corpus
	@for t in $(FUZZ_TARGETS:fuzz_%=%); do echo "$$t: $$($(B)/replay/$$t --raw $(B)/seeds/fuzz_$$t)" || exit 1; done

bench: $(B)/presend $(B)/bench/parse_only $(B)/bench/minimal $(B)/bench/runstat
	@B=$(B) $(BASH) tests/bench/run.sh

$(B)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -O2 -g -std=gnu11 $(WARNINGS) $(PKG_CFLAGS) -o $@ $< $(PKG_LIBS)

hdr-check:
	@for h in $$(find lint -name '*.h'); do \
		echo "#include \"$${h#lint/}\"" | $(CC) -std=gnu11 $(WARNINGS) $(OUR_CPPFLAGS) $(shell $(PKG_CONFIG) --cflags glib-2.0) -fsyntax-only -x c - || exit 1; \
	done; echo 'every header compiles alone'

# --- a binary for others ---------------------------------------------------------------------------------------------------------

# Everything but glibc is linked in (of ICU's data what is used), so that no CI run has to build GMime. RELR would ask for glibc 2.36.
STATIC_LIBS := -lgmime-3.0 -lgpgme -lassuan -lgpg-error -lidn2 -lunistring -lgio-2.0 -lgobject-2.0 -lgmodule-2.0 -lglib-2.0 -lffi -lz -lselinux \
	-lsepol -lpcre2-8 -lxml2 -llzma -licui18n -licuuc -licudata -lyaml -ljson-c -lpsl -lblkid -lstdc++
# GIO can list mounted file systems, which presend never asks for; Debian has no static libmount, so these end the program if called.
MOUNT_SYMBOLS := mnt_fs_get_fstype mnt_fs_get_options mnt_fs_get_root mnt_fs_get_source mnt_fs_get_target mnt_fs_strdup_options mnt_free_iter \
	mnt_free_table mnt_get_builtin_optmap mnt_get_fstab_path mnt_has_regular_mtab mnt_new_iter mnt_new_table mnt_optstr_get_flags \
	mnt_table_next_fs mnt_table_parse_fstab mnt_table_parse_mtab
# Of presend-preflight besides; libresolv is of glibc.
STATIC_PREFLIGHT_LIBS := -lcares -lcrypto
ARCHIVE := presend-$(VERSION)-linux-$(shell uname -m)

static: $(B)/presend-static $(B)/presend-preflight-static

deps-static: deps
	$(call install_packages,$(STATIC_PACKAGES))

$(B)/gen/no_mounts.c: Makefile
	@mkdir -p $(@D)
	@{ echo '#include <stdlib.h>'; for s in $(MOUNT_SYMBOLS); do echo "void $$s(void);"; echo "void $$s(void) { abort(); }"; done; } > $@

# Of ICU's data, charsets, normal forms, properties and borders of words and lines; not the names of countries, currencies and time zones in all languages,
# which are two thirds of 30 MB.
ICU_ITEMS := \.(cnv|icu|nrm|brk|dict|spp)$$|^brkitr/|^(keyTypeData|icuver|root|pool|res_index)\.res$$

$(B)/gen/icu_data.o: Makefile
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)rm -rf $(B)/gen/icu && mkdir -p $(B)/gen/icu/all && PATH="$$PATH:/usr/sbin" && from=$$($(CC) -print-file-name=libicudata.a) && \
		member=$$(ar t "$$from") && data=$${member%_dat.o}.dat && ar p "$$from" > $(B)/gen/icu/all.o && \
		objcopy -O binary -j .rodata $(B)/gen/icu/all.o "$(B)/gen/icu/all/$$data" && icupkg -l "$(B)/gen/icu/all/$$data" > $(B)/gen/icu/all.txt && \
		grep -vE '$(ICU_ITEMS)' $(B)/gen/icu/all.txt > $(B)/gen/icu/less.txt && \
		icupkg -r $(B)/gen/icu/less.txt "$(B)/gen/icu/all/$$data" "$(B)/gen/icu/$$data" && name=$$(nm $(B)/gen/icu/all.o | sed -n 's/.* R //p') && \
		printf '.section .rodata\n.globl %s\n.balign 16\n%s:\n.incbin "%s"\n.section .note.GNU-stack,"",%%progbits\n' "$$name" "$$name" \
			"$(B)/gen/icu/$$data" | $(CC) -c -x assembler -o $@ - && rm -r $(B)/gen/icu

$(B)/presend-static: $(B)/lint/main.o $(B)/libpresend.a $(B)/gen/no_mounts.c $(B)/gen/icu_data.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie -fPIE -Wl,-z,relro,-z,now -Wl,--as-needed -static-libgcc $(LDFLAGS) -o $@ $^ \
		-Wl,-Bstatic -Wl,--start-group $(STATIC_LIBS) -Wl,--end-group -Wl,-Bdynamic -lm

$(B)/presend-preflight-static: $(B)/lint/preflight/main.o $(B)/libpreflight.a $(B)/libpresend.a $(B)/gen/no_mounts.c $(B)/gen/icu_data.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -pie -fPIE -Wl,-z,relro,-z,now -Wl,--as-needed -static-libgcc $(LDFLAGS) -o $@ $^ \
		-Wl,-Bstatic -Wl,--start-group $(STATIC_LIBS) $(STATIC_PREFLIGHT_LIBS) -Wl,--end-group -Wl,-Bdynamic -lresolv -lm

# The archive holds the licences of what is linked in, as Debian tells them.
dist-binary: $(B)/presend-static $(B)/presend-preflight-static
	@B=$(B) ARCHIVE=$(ARCHIVE) $(BASH) tests/dist_binary.sh --write

# --- a Debian package -------------------------------------------------------------------------------------------------------------

DEB_PACKAGES := dpkg-dev debhelper lintian devscripts

deps-deb: deps-check
	$(call install_packages,$(DEB_PACKAGES))

# Of what git knows of the working folder, in build/deb; docs/debian is its debian/.
deb:
	@$(BASH) tests/deb.sh --write

# --- install --------------------------------------------------------------------------------------------------------------------

install: $(B)/presend $(B)/presend-preflight
	install -D -m 755 $(B)/presend $(DESTDIR)$(PREFIX)/bin/presend
	install -D -m 755 $(B)/presend-preflight $(DESTDIR)$(PREFIX)/libexec/presend/presend-preflight
	install -D -m 644 docs/presend.1 $(DESTDIR)$(PREFIX)/share/man/man1/presend.1
	install -D -m 644 docs/presend.ja.1 $(DESTDIR)$(PREFIX)/share/man/ja/man1/presend.1
	install -D -m 644 completions/presend.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/presend
	install -D -m 644 completions/_presend $(DESTDIR)$(ZSH_COMPLETIONS)/_presend
	install -D -m 644 completions/presend.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/presend.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/presend $(DESTDIR)$(PREFIX)/libexec/presend/presend-preflight $(DESTDIR)$(PREFIX)/share/man/man1/presend.1 $(DESTDIR)$(PREFIX)/share/man/ja/man1/presend.1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/presend $(DESTDIR)$(ZSH_COMPLETIONS)/_presend \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/presend.fish

clean:
	rm -rf build build-san build-gcc build-clang build-fuzz
