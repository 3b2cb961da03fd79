# make, make install [PREFIX=/usr/local] [DESTDIR=], make test, make bench, make quickstart.

PREFIX ?= /usr/local
CARGO ?= cargo
PROGRAMS = ctrd ctrd-shim ocirun ocirun-init
MULTIARCH := $(shell gcc -print-multiarch 2>/dev/null)
ifneq ($(MULTIARCH),)
export LIBSECCOMP_LIB_PATH ?= /usr/lib/$(MULTIARCH)
endif
OUT = target/$(shell rustc -vV | sed -n 's/^host: //p')/release

all:
	$(CARGO) build --release --locked --bins

install:
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 755 $(PROGRAMS:%=$(OUT)/%) $(DESTDIR)$(PREFIX)/bin
	ln -sf ctrd-shim $(DESTDIR)$(PREFIX)/bin/containerd-shim-ctrd-v2
	install -m 644 $(wildcard man/*.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(wildcard man/*.8) $(DESTDIR)$(PREFIX)/share/man/man8
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/bash-completion/completions completions/bash/*
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/zsh/site-functions completions/zsh/*
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d completions/fish/*

test:
	tests/run

bench: all
	tests/bench/run
	tests/bench/import
	tests/bench/server

quickstart:
	./quickstart

clean:
	$(CARGO) clean

.PHONY: all install test bench quickstart clean
